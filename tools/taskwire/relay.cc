#include "taskwire/relay.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace taskwire::cli {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr int kMostPieces = 64;  // after the end, more than a pipe or a terminal holds
constexpr int kSettled = 20;     // ms; a terminal hands what was written over by another thread of the kernel
constexpr int kGathering = 1;    // ms

/// Whether so much comes that to let it gather for a moment saves more turns than it costs.
class Flood {
 public:
  bool goes_on_with(std::size_t more) {
    const auto now = Clock::now();
    if (now - since_ >= kWindow) {
      goes_on_ = bytes_ >= kMuch && now - since_ < 2 * kWindow;
      since_ = now;
      bytes_ = 0;
    }
    bytes_ += more;
    return goes_on_;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kWindow{8};
  static constexpr std::size_t kMuch = std::size_t{512} << 10;

  Clock::time_point since_ = Clock::now();
  std::size_t bytes_ = 0;
  bool goes_on_ = false;
};

}  // namespace

Relay::Relay(Descriptor from, int to, Heard heard) : from_(std::move(from)), to_(to), heard_(std::move(heard)) {
  thread_ = std::thread([this] { run(); });
}

Relay::~Relay() {
  finish();
}

void Relay::finish() {
  is_ending_.ring();
  if (thread_.joinable()) thread_.join();
}

void Relay::run() {
  std::vector<char> piece(kPiece);
  const bool is_terminal = isatty(from_.get()) == 1;
  const bool is_roomy = fcntl(from_.get(), F_GETPIPE_SZ) >= Pipe::kRoomy;
  Flood flood;
  bool has_reader = true;
  int left = -1;  // pieces that may still come, once it is ending
  while (left != 0) {
    const bool is_ending = left > 0;
    std::array<pollfd, 2> waits = {pollfd{from_.get(), POLLIN, 0}, pollfd{is_ending ? -1 : is_ending_.fd(), POLLIN, 0}};
    const int ready = poll(waits.data(), waits.size(), is_ending ? kSettled : -1);
    if (ready < 0) continue;  // a signal
    if (ready == 0) return;   // others hold it open, and are silent
    if (!is_ending && waits[1].revents != 0) left = kMostPieces;
    if (waits[0].revents == 0) continue;
    const auto got = read(from_.get(), piece.data(), piece.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return from_.close();  // EIO: of a terminal that nobody holds open any more
    if (left > 0) --left;
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
    has_reader = has_reader && write_all(to_, bytes);
    if (!has_reader && !is_terminal) return from_.close();
    heard_(bytes);
    if (is_roomy && left < 0 && bytes.size() < kPiece && flood.goes_on_with(bytes.size()))
      poll(&waits[1], 1, kGathering);
  }
}

namespace {

/// Only what is safe after fork where there were threads.
[[noreturn]] void copy_on(std::array<std::pair<int, int>, 2> copies) {
  std::array kept = {copies[0].first, copies[0].second, copies[1].first, copies[1].second};
  close_all_but(kept);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::array<char, kPiece> piece;
  std::array waits = {pollfd{copies[0].first, POLLIN, 0}, pollfd{copies[1].first, POLLIN, 0}};
  while (waits[0].fd >= 0 || waits[1].fd >= 0) {
    if (poll(waits.data(), waits.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < waits.size(); ++i) {
      if (waits[i].fd < 0 || waits[i].revents == 0) continue;
      const auto got = read(waits[i].fd, piece.data(), piece.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got > 0 && write_all(copies[i].second, {piece.data(), static_cast<std::size_t>(got)})) continue;
      close(waits[i].fd);
      waits[i].fd = -1;
    }
  }
  _exit(0);
}

}  // namespace

void leave_behind(const std::vector<std::pair<int, int>>& copies) {
  if (copies.empty()) return;
  std::array<std::pair<int, int>, 2> both = {{{-1, -1}, {-1, -1}}};
  std::copy_n(copies.begin(), std::min(copies.size(), both.size()), both.begin());
  const pid_t between = fork();
  if (between == 0) {
    if (fork() == 0) copy_on(both);
    _exit(0);
  }
  while (between > 0 && waitpid(between, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace taskwire::cli
