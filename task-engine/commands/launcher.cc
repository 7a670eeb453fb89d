// Runs one program for the engine, and sees to it that nothing of it is left: not when it ends, not when the engine
// does, whatever becomes of either. It is alone in its session, and what the program leaves behind comes back to it.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "commands/launcher_words.h"

namespace taskwire::engine {
namespace {

constexpr int kUsage = 2;
constexpr int kNotStarted = 127;
constexpr int kLook = 20;                          // ms, while something is to end that says nothing when it does
constexpr std::chrono::seconds kKillPatience{10};  // for what the kernel does not let go
constexpr rlim_t kUsualDescriptors = 1024;

/// Who the program is to be.
struct Identity {
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups;
};

struct Order {
  const char* folder;
  std::optional<Identity> identity;
  std::uint64_t memory = 0;
  std::uint64_t descriptors = 0;
  const char* program;
  char** arguments;
};

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<Identity> identity_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::vector<gid_t> ids;
  while (!text.empty()) {
    const auto end = text.find_first_of(":,");
    ids.push_back(static_cast<gid_t>(number_of(text.substr(0, end))));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  ids.resize(std::max<std::size_t>(ids.size(), 2));
  return Identity{ids[0], ids[1], {ids.begin() + 2, ids.end()}};
}

Order read_order(char** words) {
  const auto word = [words](LauncherWord which) { return words[static_cast<int>(which)]; };
  return {word(LauncherWord::folder),
          identity_of(word(LauncherWord::user)),
          number_of(word(LauncherWord::memory)),
          number_of(word(LauncherWord::descriptors)),
          word(LauncherWord::program),
          words + static_cast<int>(LauncherWord::arguments)};
}

bool set_limit(__rlimit_resource what, std::uint64_t most) {
  const rlimit limit{most, most};
  return setrlimit(what, &limit) == 0;
}

bool set_limits(const Order& order) {
  if (order.memory > 0 && !set_limit(RLIMIT_DATA, order.memory)) return false;
  if (order.descriptors > 0) return set_limit(RLIMIT_NOFILE, order.descriptors);
  rlimit limit{};  // the engine raised its own, and old programs cannot do with so many
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min(kUsualDescriptors, limit.rlim_max);
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

bool become_user(const Identity& identity) {
  return setgroups(identity.groups.size(), identity.groups.data()) == 0 &&
         setresgid(identity.group, identity.group, identity.group) == 0 &&
         setresuid(identity.user, identity.user, identity.user) == 0;
}

/// In the child. Tells the errno where it fails.
[[noreturn]] void become_program(const Order& order, const sigset_t& mask, pid_t launcher, int failure) {
  setpgid(0, 0);
  const bool is_ready = set_limits(order) && (!order.identity || become_user(*order.identity)) &&
                        prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && chdir(order.folder) == 0;
  if (getppid() != launcher) _exit(kNotStarted);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  if (is_ready) execv(order.program, order.arguments);
  const int error = errno;
  if (write(failure, &error, sizeof error) < 0) _exit(kNotStarted);
  _exit(kNotStarted);
}

void tell(LauncherNews::What what, int value) {
  const LauncherNews news{what, value};
  send(kLauncherSocket, &news, sizeof news, MSG_NOSIGNAL);
}

/// Our children: the program, and what processes that have ended left.
std::vector<pid_t> children() {
  std::string text;
  const auto path = "/proc/self/task/" + std::to_string(getpid()) + "/children";
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::array<char, 4096> part;
  for (ssize_t got = 0; (got = read(fd, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(got));
  if (fd >= 0) close(fd);
  std::vector<pid_t> found;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find(' '), rest.size());
    if (const auto pid = number_of(rest.substr(0, end)); pid > 0) found.push_back(static_cast<pid_t>(pid));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return found;
}

/// The program while it runs, and after. It is waited for last: until then its process group's number is its own.
class Program {
 public:
  explicit Program(pid_t pid) : pid_(pid) {}

  [[nodiscard]] bool has_ended() const {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
  }
  void signal(int number) const {
    kill(-pid_, number);
    kill(-pid_, SIGCONT);  // what is stopped hears nothing
  }
  /// Whether others of its process group run that have come to us.
  [[nodiscard]] bool has_company() const {
    const auto all = others();
    return std::any_of(all.begin(), all.end(), [this](pid_t child) { return getpgid(child) == pid_; });
  }
  /// Those that have ended are forgotten.
  void reap_others() const { (void)others(); }
  /// Kills all that there is, waits for it, and answers how the program ended.
  [[nodiscard]] int end_all(const sigset_t& children_end) const {
    const auto until = std::chrono::steady_clock::now() + kKillPatience;
    for (;;) {
      kill(-pid_, SIGKILL);
      const auto left = others();
      for (const pid_t child : left) kill(child, SIGKILL);
      if (left.empty() && has_ended()) break;
      if (std::chrono::steady_clock::now() > until) break;
      const timespec time{0, kLook * 1'000'000L};
      sigtimedwait(&children_end, nullptr, &time);
    }
    int status = SIGKILL;
    waitpid(pid_, &status, WNOHANG);
    return status;
  }

 private:
  [[nodiscard]] std::vector<pid_t> others() const {
    auto all = children();
    std::erase_if(all, [this](pid_t child) { return child == pid_ || waitpid(child, nullptr, WNOHANG) == child; });
    return all;
  }

  pid_t pid_;
};

/// Until the program has ended, or all is to end.
void attend(const Program& program, int children_end) {
  for (bool is_stopping = false;;) {
    const bool has_ended = program.has_ended();
    // Asked to stop, the rest of its process group has as much time as the program.
    if (has_ended && !(is_stopping && program.has_company())) return;
    std::array<pollfd, 2> waits = {pollfd{kLauncherSocket, POLLIN, 0}, pollfd{children_end, POLLIN, 0}};
    poll(waits.data(), waits.size(), has_ended ? kLook : -1);
    signalfd_siginfo signal{};
    if (waits[1].revents != 0 && read(children_end, &signal, sizeof signal) > 0) program.reap_others();
    if (waits[0].revents == 0) continue;
    LauncherOrder order;
    const auto got = recv(kLauncherSocket, &order, sizeof order, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got != sizeof order || order.signal == SIGKILL) return;  // the engine has gone, or has no more patience
    program.signal(order.signal);
    is_stopping = true;
  }
}

int launch(const Order& order) {
  close_range(kLauncherSocket + 1, ~0U, 0);
  fcntl(kLauncherSocket, F_SETFD, FD_CLOEXEC);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t all;
  sigset_t before;
  sigset_t children_end;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);  // only the engine ends it, or SIGKILL
  sigemptyset(&children_end);
  sigaddset(&children_end, SIGCHLD);
  const int news = signalfd(-1, &children_end, SFD_CLOEXEC | SFD_NONBLOCK);
  std::array<int, 2> failure{};
  if (news < 0 || pipe2(failure.data(), O_CLOEXEC) != 0) {
    tell(LauncherNews::What::cannot_start, errno);
    return kNotStarted;
  }
  const pid_t launcher = getpid();
  const pid_t pid = fork();
  if (pid == 0) become_program(order, before, launcher, failure[1]);
  const int cannot_fork = errno;
  close(failure[1]);
  int error = 0;
  if (pid < 0 || read(failure[0], &error, sizeof error) == sizeof error) {
    tell(LauncherNews::What::cannot_start, pid < 0 ? cannot_fork : error);
    return kNotStarted;
  }
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) dup2(nowhere, fd);  // the program's are the program's
  const Program program(pid);
  attend(program, news);
  tell(LauncherNews::What::ended, program.end_all(children_end));
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace taskwire::engine

int main(int argc, char** argv) {
  using namespace taskwire::engine;
  if (argc <= static_cast<int>(LauncherWord::arguments) || fcntl(kLauncherSocket, F_GETFD) < 0) {
    constexpr std::string_view kText =
        "taskwire-launcher: taskwire-engine starts this for each program of --commands\n";
    return write(STDERR_FILENO, kText.data(), kText.size()) < 0 ? EXIT_FAILURE : kUsage;
  }
  _exit(launch(read_order(argv)));
}
