#include "tail/pty.h"

#include <array>
#include <cstdlib>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace taskwire::test {

Pty::Pty(std::vector<std::string> argv, unsigned short columns, unsigned short lines,
         const std::vector<std::string>& environment)
    : terminal_(columns) {
  std::vector<char*> arguments;
  for (auto& argument : argv) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const winsize size{lines, columns, 0, 0};
  pid_ = forkpty(&fd_, nullptr, nullptr, &size);
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setenv("TERM", "xterm", 1);
    setenv("LC_ALL", "C", 1);
    for (const auto& variable : environment) putenv(const_cast<char*>(variable.c_str()));  // NOLINT: it is not changed
    execv(arguments[0], arguments.data());
    _exit(127);
  }
}

Pty::~Pty() {
  if (!status_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (fd_ >= 0) close(fd_);
}

void Pty::hang_up() {
  close(fd_);
  fd_ = -1;
}

bool Pty::read_some(Clock::time_point deadline) {
  pollfd ready{fd_, POLLIN, 0};
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  if (poll(&ready, 1, static_cast<int>(std::max<milliseconds::rep>(left, 0))) != 1) return false;
  std::array<char, 4096> piece;
  const auto got = read(fd_, piece.data(), piece.size());
  if (got <= 0) return false;
  const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
  bytes_ += bytes;
  terminal_.write(bytes);
  return true;
}

bool Pty::wait_until(const std::function<bool(const Terminal&)>& condition, Clock::time_point deadline) {
  while (!condition(terminal_)) {
    if (!read_some(deadline)) return condition(terminal_);
  }
  return true;
}

bool Pty::wait_for(const std::string& text) {
  return wait_until([&](const Terminal& terminal) { return terminal.count(text) > 0; });
}

void Pty::type(const std::string& text) const {
  if (write(fd_, text.data(), text.size()) < 0) std::abort();
}

void Pty::resize(unsigned short columns, unsigned short lines) const {
  const winsize size{lines, columns, 0, 0};
  ioctl(fd_, TIOCSWINSZ, &size);
}

std::optional<int> Pty::wait(Clock::time_point deadline) {
  while (read_some(deadline)) {
  }
  int status = 0;
  if (!eventually([&] { return waitpid(pid_, &status, WNOHANG) == pid_; }, deadline)) return std::nullopt;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return status_;
}

std::string Pty::screen() const {
  std::string text;
  for (const auto& line : terminal_.lines()) text += line + '\n';
  return text;
}

}  // namespace taskwire::test
