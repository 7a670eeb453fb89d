#include "commands/launcher_program.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace taskwire::engine {
namespace {

constexpr std::chrono::seconds kKillPatience{10};  // for what the kernel does not let go

void wait_a_little(const sigset_t& children_end) {
  constexpr timespec kTime{0, 20'000'000};
  sigtimedwait(&children_end, nullptr, &kTime);
}

/// Whether there are no children any more. Those that have ended are forgotten.
bool reap_all() {
  pid_t ended = 0;
  do ended = waitpid(-1, nullptr, WNOHANG);
  while (ended > 0);
  return ended < 0;
}

}  // namespace

LauncherChildren::LauncherChildren()
    : fd_(open(("/proc/self/task/" + std::to_string(getpid()) + "/children").c_str(), O_RDONLY | O_CLOEXEC)) {}

LauncherChildren::~LauncherChildren() {
  if (fd_ >= 0) close(fd_);
}

std::vector<pid_t> LauncherChildren::list() const {
  std::string text;
  std::array<char, 4096> part;
  lseek(fd_, 0, SEEK_SET);
  for (ssize_t got = 0; (got = read(fd_, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(got));
  std::vector<pid_t> found;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find(' '), rest.size());
    pid_t pid = 0;
    std::from_chars(rest.data(), rest.data() + end, pid);
    if (pid > 0) found.push_back(pid);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return found;
}

bool LauncherProgram::has_ended() const {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
}

void LauncherProgram::signal(int number) const {
  for (const int each : {number, SIGCONT}) {  // what is stopped hears nothing
    kill(-pid_, each);
    if (getpgid(pid_) != pid_) kill(pid_, each);  // it went into another group
  }
}

bool LauncherProgram::has_company() const {
  const auto all = others();
  return std::any_of(all.begin(), all.end(), [this](pid_t child) { return getpgid(child) == pid_; });
}

int LauncherProgram::end_all(const sigset_t& children_end) const {
  const auto until = std::chrono::steady_clock::now() + kKillPatience;
  const auto is_over = [&] { return std::chrono::steady_clock::now() > until; };
  while (!has_ended() && !is_over()) {
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);
    wait_a_little(children_end);
  }
  // While its number is held: the group may have others than those that come to us.
  kill(-pid_, SIGKILL);
  int status = SIGKILL;
  waitpid(pid_, &status, WNOHANG);
  // What ends leaves us its children, so the list may lack some at any time; only the kernel's word counts.
  while (!reap_all() && !is_over()) {
    for (const pid_t child : children_.list()) kill(child, SIGKILL);
    wait_a_little(children_end);
  }
  return status;
}

std::vector<pid_t> LauncherProgram::others() const {
  auto all = children_.list();
  std::erase_if(all, [this](pid_t child) { return child == pid_ || waitpid(child, nullptr, WNOHANG) == child; });
  return all;
}

}  // namespace taskwire::engine
