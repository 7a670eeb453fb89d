#include "taskwire/child.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace taskwire::cli {
namespace {

constexpr int kNotStarted = 127;

struct Prepared {
  std::vector<char*> arguments, variables;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));  // NOLINT: exec changes nothing
  out.push_back(nullptr);
  return out;
}

// From here on only what is safe between fork and exec.

void tell(int fd, int value) {
  while (write(fd, &value, sizeof value) < 0 && errno == EINTR) {
  }
}

[[noreturn]] void become(const Launch& launch, const Prepared& prepared, int failure) {
  if (launch.in >= 0) dup2(launch.in, STDIN_FILENO);
  if (launch.out >= 0) dup2(launch.out, STDOUT_FILENO);
  if (launch.err >= 0) dup2(launch.err, STDERR_FILENO);
  sigprocmask(SIG_SETMASK, &launch.mask, nullptr);
  execvpe(prepared.arguments[0], prepared.arguments.data(), prepared.variables.data());
  tell(failure, errno);
  _exit(kNotStarted);
}

bool has_members(pid_t group) {
  return kill(-group, 0) == 0 || errno == EPERM;
}

/// Hands on what the command left on its terminal, until that is alone there: a terminal ends with its leader.
void stand_in(const Launch& launch, pid_t group, int news) {
  constexpr int kLook = 250;  // ms
  pollfd reader{news, 0, 0};
  while (poll(&reader, 1, -1) < 0) {
  }
  std::array<char, 4096> piece;
  for (;;) {
    pollfd wait{launch.master, POLLIN, 0};
    const int ready = poll(&wait, 1, kLook);
    if (ready == 0 && !has_members(group)) return;
    if (ready <= 0) continue;
    const auto got = read(launch.master, piece.data(), piece.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0 || !write_all(launch.screen, {piece.data(), static_cast<std::size_t>(got)})) return;
  }
}

/// Leads the session of a terminal, and tells the pid of the command and what becomes of it. It goes with whom it
/// tells.
[[noreturn]] void monitor(const Launch& launch, const Prepared& prepared, pid_t parent, int failure, int news) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kNotStarted);
  setsid();
  ioctl(launch.terminal, TIOCSCTTY, 0);
  const pid_t pid = fork();
  if (pid < 0) {
    tell(failure, errno);
    _exit(kNotStarted);
  }
  if (pid == 0) {
    setpgid(0, 0);
    tcsetpgrp(launch.terminal, getpid());  // SIGTTOU is blocked
    become(launch, prepared, failure);
  }
  setpgid(pid, pid);
  std::array kept = {news, launch.terminal, launch.master, launch.screen};
  close_all_but(kept);
  tell(news, pid);
  for (int status = 0;;) {
    if (waitpid(pid, &status, WUNTRACED | WCONTINUED) != pid) continue;
    const bool has_ended = !WIFSTOPPED(status) && !WIFCONTINUED(status);
    const bool is_needed = has_ended && has_members(pid);
    if (is_needed) prctl(PR_SET_PDEATHSIG, 0);
    if (has_ended && !is_needed) close(launch.terminal);  // its last bytes have an end
    tell(news, status);
    if (is_needed) stand_in(launch, pid, news);
    if (has_ended) _exit(0);
  }
}

// Until here.

/// The next number that the other side told; nothing where it told none, or none yet.
std::optional<int> told_by(int fd) {
  int value = 0;
  ssize_t got = 0;
  while ((got = read(fd, &value, sizeof value)) < 0 && errno == EINTR) {
  }
  return got == sizeof value ? std::optional(value) : std::nullopt;
}

}  // namespace

tl::expected<Child, int> Child::start(const Launch& launch) {
  const Prepared prepared{pointers(launch.command), pointers(launch.environment)};
  const bool has_terminal = launch.group == Launch::Group::terminal;
  auto failure = Pipe::make();
  auto news = Pipe::make();
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of ours runs in the child
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    sigaction(SIGPIPE, &usual, nullptr);
    if (has_terminal) monitor(launch, prepared, parent, failure.write_end.get(), news.write_end.get());
    if (launch.group == Launch::Group::own) setpgid(0, 0);
    become(launch, prepared, failure.write_end.get());
  }
  const int failed_fork = pid < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (failed_fork != 0) return tl::unexpected(failed_fork);
  failure.write_end.close();
  news.write_end.close();
  if (launch.group == Launch::Group::own) setpgid(pid, pid);
  if (const auto failed = told_by(failure.read_end.get())) {
    waitpid(pid, nullptr, 0);
    return tl::unexpected(*failed);
  }
  Child child;
  child.group_ = launch.group;
  if (has_terminal) {
    child.monitor_ = pid;
    child.pid_ = told_by(news.read_end.get()).value_or(-1);
    child.news_ = std::move(news.read_end);
    fcntl(child.news_.get(), F_SETFL, O_NONBLOCK);
  } else {
    child.pid_ = pid;
    child.family_ = Family(pid);
    child.news_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  }
  return child;
}

std::optional<int> Child::take_news() {
  if (has_ended_) return std::nullopt;
  int status = 0;
  if (group_ != Launch::Group::terminal) {
    if (waitpid(pid_, &status, WNOHANG | WUNTRACED | WCONTINUED) != pid_) return std::nullopt;
  } else if (const auto told = told_by(news_.get())) {
    status = *told;
  } else {
    if (waitpid(monitor_, nullptr, WNOHANG) != monitor_) return std::nullopt;
    monitor_ = -1;
    status = SIGKILL;  // somebody killed the monitor: what it led goes with the terminal
  }
  has_ended_ = !WIFSTOPPED(status) && !WIFCONTINUED(status);
  if (has_ended_ && monitor_ > 0) waitpid(monitor_, nullptr, WNOHANG);
  return status;
}

void Child::signal(int number) {
  if (pid_ <= 0) return;
  if (group_ == Launch::Group::ours) {
    family_.signal(number);
  } else {
    kill(-pid_, number);
  }
}

bool Child::has_left_any() const {
  if (group_ == Launch::Group::ours) return family_.is_alive();
  return pid_ > 0 && has_members(pid_);
}

}  // namespace taskwire::cli
