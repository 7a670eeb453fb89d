#include "taskwire/relay.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace taskwire::cli {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr int kSettled = 20;  // ms; a terminal hands what was written over by another thread of the kernel

/// False where the reader has gone.
bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {  // whoever shares the descriptor made it so
      pollfd wait{fd, POLLOUT, 0};
      poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

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
  bool is_ending = false;
  for (;;) {
    std::array<pollfd, 2> waits = {pollfd{from_.get(), POLLIN, 0}, pollfd{is_ending ? -1 : is_ending_.fd(), POLLIN, 0}};
    const int ready = poll(waits.data(), waits.size(), is_ending ? kSettled : -1);
    if (ready < 0) continue;  // a signal
    if (ready == 0) return;   // others hold it open, and are silent
    if (waits[0].revents == 0) {
      is_ending = true;
      continue;
    }
    const auto got = read(from_.get(), piece.data(), piece.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) break;  // EIO: of a terminal that nobody holds open any more
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
    if (!hand_on(bytes)) break;
    heard_(bytes);
  }
  from_.close();
}

bool Relay::hand_on(std::string_view bytes) {
  return to_ < 0 || write_all(to_, bytes);
}

void leave_behind(const std::vector<std::pair<int, int>>& copies) {
  if (copies.empty() || fork() != 0) return;
  // Only what is safe after fork where there were threads.
  std::array<char, kPiece> piece;
  std::array<pollfd, 4> waits{};
  const auto count = std::min(copies.size(), waits.size());
  for (std::size_t i = 0; i < count; ++i) waits[i] = {copies[i].first, POLLIN, 0};
  for (std::size_t open = count; open > 0;) {
    if (poll(waits.data(), count, -1) < 0) continue;
    for (std::size_t i = 0; i < count; ++i) {
      if (waits[i].fd < 0 || waits[i].revents == 0) continue;
      const auto got = read(waits[i].fd, piece.data(), piece.size());
      if (got > 0 && write_all(copies[i].second, {piece.data(), static_cast<std::size_t>(got)})) continue;
      close(waits[i].fd);
      waits[i].fd = -1;
      --open;
    }
  }
  _exit(0);
}

}  // namespace taskwire::cli
