#include "taskwire/terminal.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sstream>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

#include "program/process_stat.h"

namespace taskwire::cli {
namespace {

constexpr int kLook = 250;  // ms; a shell that takes us into the foreground does not say so

/// The parent of a process; 0 where it is not known.
pid_t parent_of(pid_t pid) {
  std::istringstream fields(process_stat(pid));
  std::string state;
  pid_t parent = 0;
  return fields >> state >> parent ? parent : 0;
}

/// Both sides of a new terminal that is as `outer`, but for what `change` makes of its settings.
template <class Change>
std::optional<Pipe> make_pair(int outer, Change change) {
  termios settings{};
  winsize size{};
  const bool has_settings = tcgetattr(outer, &settings) == 0;
  const bool has_size = ioctl(outer, TIOCGWINSZ, &size) == 0;
  if (has_settings) change(settings);
  int master = -1;
  int slave = -1;
  if (openpty(&master, &slave, nullptr, has_settings ? &settings : nullptr, has_size ? &size : nullptr) != 0)
    return std::nullopt;
  fcntl(master, F_SETFD, FD_CLOEXEC);
  fcntl(master, F_SETFL, O_NONBLOCK);
  fcntl(slave, F_SETFD, FD_CLOEXEC);
  return Pipe{Descriptor(master), Descriptor(slave)};
}

}  // namespace

std::optional<InnerTerminal> InnerTerminal::make(int outer) {
  auto ends = make_pair(outer, [](termios& /*settings*/) {});
  if (!ends) return std::nullopt;
  InnerTerminal terminal;
  terminal.master_ = std::move(ends->read_end);
  terminal.slave_ = std::move(ends->write_end);
  return terminal;
}

std::optional<Pipe> make_screen(int outer) {
  return make_pair(outer, [](termios& settings) { settings.c_oflag &= ~tcflag_t(OPOST); });
}

void copy_size(int outer, int inner) {
  winsize size{};
  if (ioctl(outer, TIOCGWINSZ, &size) == 0) ioctl(inner, TIOCSWINSZ, &size);
}

bool OuterTerminal::is_in_foreground() const {
  return tcgetpgrp(fd_) == getpgrp();
}

void OuterTerminal::make_raw() {
  if (before_ || !is_in_foreground()) return;
  termios settings{};
  if (tcgetattr(fd_, &settings) != 0) return;
  before_ = settings;
  cfmakeraw(&settings);
  tcsetattr(fd_, TCSADRAIN, &settings);
}

void OuterTerminal::restore() {
  if (!before_) return;
  if (is_in_foreground()) tcsetattr(fd_, TCSADRAIN, &*before_);
  before_.reset();
}

Typing::Typing(int from, int to) : from_(from), to_(to) {
  thread_ = std::thread([this] { run(); });
}

Typing::~Typing() {
  is_over_ = true;
  bell_.ring();
  thread_.join();
}

void Typing::run() {
  std::array<char, 4096> piece;
  while (!is_over_) {
    const bool may_read = tcgetpgrp(from_) == getpgrp();
    std::array<pollfd, 2> waits = {pollfd{bell_.fd(), POLLIN, 0}, pollfd{may_read ? from_ : -1, POLLIN, 0}};
    const int ready = poll(waits.data(), waits.size(), may_read ? -1 : kLook);
    if (ready <= 0) continue;
    if (waits[0].revents != 0) {
      bell_.take();
      continue;
    }
    if (tcgetpgrp(from_) != getpgrp()) continue;
    const auto got = read(from_, piece.data(), piece.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0 || !write_all(piece.data(), static_cast<std::size_t>(got))) return;
  }
}

bool Typing::write_all(const char* bytes, std::size_t size) {
  while (size > 0 && !is_over_) {
    std::array<pollfd, 2> waits = {pollfd{bell_.fd(), POLLIN, 0}, pollfd{to_, POLLOUT, 0}};
    if (poll(waits.data(), waits.size(), -1) < 0) continue;
    if (waits[0].revents != 0) bell_.take();
    if (waits[1].revents == 0) continue;
    const auto written = write(to_, bytes, size);
    if (written < 0 && errno != EINTR && errno != EAGAIN) return false;
    if (written > 0) {
      bytes += written;
      size -= static_cast<std::size_t>(written);
    }
  }
  return true;
}

bool can_be_stopped() {
  const pid_t session = getsid(0);
  const pid_t group = getpgrp();
  for (pid_t pid = getppid(); pid > 1 && getsid(pid) == session; pid = parent_of(pid)) {
    if (getpgid(pid) != group) return true;
  }
  return false;
}

}  // namespace taskwire::cli
