#include "support/process.h"

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace taskwire::test {
namespace {

constexpr int kCannotStart = 127;

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (auto& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Process::Process(std::vector<std::string> argv, std::vector<std::string> environment) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  for (char** variable = environ; *variable != nullptr; ++variable) environment.emplace_back(*variable);
  auto arguments = pointers(argv);
  auto variables = pointers(environment);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {                     // only what is safe between fork and exec
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves nothing behind
    if (getppid() != parent) _exit(kCannotStart);
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(ends[1], 1);
    dup2(ends[1], 2);
    execvpe(arguments[0], arguments.data(), variables.data());
    _exit(kCannotStart);
  }
  close(ends[1]);
  reader_ = std::thread([this, fd = ends[0]] { collect(fd); });
}

Process::~Process() {
  if (!status_) kill();
  reader_.join();
}

void Process::collect(int fd) {
  std::array<char, 4096> buffer;
  for (;;) {
    const auto got = ::read(fd, buffer.data(), buffer.size());
    const std::scoped_lock lock(mutex_);
    if (got > 0) output_.append(buffer.data(), static_cast<std::size_t>(got));
    has_closed_ = got <= 0;
    changed_.notify_all();
    if (has_closed_) break;
  }
  close(fd);
}

std::optional<std::string> Process::wait_for_line(const std::string& text, Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto at = output_.find(text);
    const auto end = at == std::string::npos ? at : output_.find('\n', at);
    if (end != std::string::npos) {
      const auto line_break = output_.rfind('\n', at);
      const auto begin = line_break == std::string::npos ? 0 : line_break + 1;
      return output_.substr(begin, end - begin);
    }
    if (has_closed_ || changed_.wait_until(lock, deadline) == std::cv_status::timeout) return std::nullopt;
  }
}

void Process::signal(int number) const {
  if (!status_) ::kill(pid_, number);
}

std::optional<int> Process::wait(Clock::time_point deadline) {
  if (status_) return status_;
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  pollfd ended{fd, POLLIN, 0};
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()).count();
  const bool has_ended = poll(&ended, 1, static_cast<int>(std::max<milliseconds::rep>(left, 0))) == 1;
  close(fd);
  if (!has_ended) return std::nullopt;
  int status = 0;
  waitpid(pid_, &status, 0);
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return status_;
}

void Process::kill() {
  signal(SIGKILL);
  wait();
}

std::string Process::output() {
  std::unique_lock lock(mutex_);
  if (status_) changed_.wait_until(lock, within(), [&] { return has_closed_; });
  return output_;
}

Ran run(std::vector<std::string> argv, Clock::time_point deadline) {
  const std::string name = argv[0];
  Process process(std::move(argv));
  const auto status = process.wait(deadline);
  EXPECT_TRUE(status) << name << " did not end";
  return {status.value_or(-1), process.output()};
}

std::string find_program(const std::string& program) {
  std::istringstream path(std::getenv("PATH"));
  for (std::string folder; std::getline(path, folder, ':');) {
    const auto candidate = std::filesystem::path(folder) / program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

}  // namespace taskwire::test
