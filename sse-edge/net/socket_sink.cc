#include "net/socket_sink.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utility>

namespace taskwire::edge {
namespace {

using Tcp = boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr std::size_t kMostParts = 128;
constexpr int kMostUnsentBytes = 128 << 10;             // in the kernel
constexpr std::uint32_t kMostUnwantedBytes = 16 << 10;  // from the client
constexpr std::chrono::seconds kLinger(1);

iovec as_part(std::string_view bytes) {
  return {const_cast<char*>(bytes.data()), bytes.size()};  // NOLINT: sendmsg takes no const
}

std::optional<tcp_info> look_at(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  return info;
}

/// Whether something was sent that the other side has to acknowledge and did not: data, or the question whether it
/// takes more. A reader that stalls acknowledges both, though it takes nothing.
bool waits_for_ack(const tcp_info& info) {
  const bool has_sent_since = info.tcpi_last_data_sent < info.tcpi_last_ack_recv;  // both are ages
  return (info.tcpi_unacked > 0 && has_sent_since) || info.tcpi_probes > 1;  // an answered one counts until the next
}

}  // namespace

SocketSink::SocketSink(const Means& means, Tcp::socket socket, bool is_chunked)
    : means_(means), socket_(socket.release()), is_chunked_(is_chunked), last_taken_(steady_clock::now()) {}

SocketSink::~SocketSink() {
  if (socket_ >= 0) ::close(socket_);
}

void SocketSink::start(Writer& writer, std::string head) {
  writer_ = &writer;
  setsockopt(socket_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMostUnsentBytes, sizeof kMostUnsentBytes);
  auto bytes = std::make_shared<const std::string>(std::move(head));
  rest_.push_back({bytes, *bytes});
  means_.epoll.add(socket_, *this);
}

bool SocketSink::try_write(std::span<const Part> parts) {
  if (state_ != State::open) return false;
  if (!rest_.empty()) {
    for (const auto& part : parts) rest_.push_back({part.keep(), part.frame().bytes(is_chunked_)});
    return flush();
  }
  while (!parts.empty()) {
    std::array<iovec, kMostParts> bytes;
    const std::size_t count = std::min(parts.size(), bytes.size());
    for (std::size_t i = 0; i < count; ++i) bytes[i] = as_part(parts[i].frame().bytes(is_chunked_));
    const auto taken = write_some({bytes.data(), count});
    if (!taken) return false;
    std::size_t left = *taken;
    std::size_t whole = 0;
    while (whole < count && left >= bytes[whole].iov_len) left -= bytes[whole++].iov_len;
    parts = parts.subspan(whole);
    if (whole == count) continue;
    for (const auto& part : parts)
      rest_.push_back({part.keep(), part.frame().bytes(is_chunked_).substr(std::exchange(left, 0))});
    wait_until_writable();
    return false;
  }
  return true;
}

std::optional<std::size_t> SocketSink::write_some(std::span<const iovec> bytes) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(bytes.data());  // NOLINT: sendmsg takes no const
  message.msg_iovlen = bytes.size();
  ssize_t written = 0;
  do {
    written = ::sendmsg(socket_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (written < 0 && errno == EINTR);
  if (written < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
    close(CloseReason::broken);
    return std::nullopt;
  }
  const auto taken = static_cast<std::size_t>(std::max<ssize_t>(written, 0));
  if (taken > 0) last_taken_ = steady_clock::now();
  means_.taken.add(taken);
  return taken;
}

bool SocketSink::flush() {
  while (!is_waiting_ && !rest_.empty()) {
    std::array<iovec, kMostParts> bytes;
    const std::size_t count = std::min(rest_.size(), bytes.size());
    for (std::size_t i = 0; i < count; ++i) bytes[i] = as_part(rest_[i].bytes);
    const auto taken = write_some({bytes.data(), count});
    if (!taken) return false;
    if (*taken == 0) {
      wait_until_writable();
      return false;
    }
    std::size_t left = *taken;
    std::size_t whole = 0;
    while (whole < count && left >= rest_[whole].bytes.size()) left -= rest_[whole++].bytes.size();
    if (whole < count) rest_[whole].bytes.remove_prefix(left);
    rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(whole));
  }
  if (rest_.empty()) rest_.shrink_to_fit();
  return is_writable();
}

void SocketSink::wait_until_writable() {
  is_waiting_ = true;
  means_.epoll.want_to_write(socket_, *this);
}

void SocketSink::on_ready(std::uint32_t events) {
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0) on_readable();
  if (state_ == State::closed || !is_waiting_ || (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) == 0) return;
  is_waiting_ = false;
  if (state_ == State::open) return writer_->on_writable();
  go_on_ending();
}

void SocketSink::go_on_ending() {
  flush();
  if (state_ == State::ending && rest_.empty()) linger();
}

void SocketSink::on_readable() {
  for (;;) {
    std::array<char, 1024> unwanted;
    const auto got = ::recv(socket_, unwanted.data(), unwanted.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0) return close(state_ == State::lingering ? CloseReason::over : CloseReason::left);
    unwanted_ += static_cast<std::uint32_t>(got);
    if (unwanted_ > kMostUnwantedBytes) return close(CloseReason::talking);
  }
}

void SocketSink::look(steady_clock::time_point now, milliseconds timeout) {
  if (state_ == State::closed) return;
  if (state_ == State::lingering) {
    if (now - *unanswered_since_ > kLinger) close(CloseReason::over);
    return;
  }
  const auto info = look_at(socket_);
  if (!info || !waits_for_ack(*info)) return unanswered_since_.reset();
  if (!unanswered_since_ || now - milliseconds(info->tcpi_last_ack_recv) > *unanswered_since_) {
    unanswered_since_ = now;
  } else if (now - *unanswered_since_ > timeout) {
    close(CloseReason::vanished);
  }
}

system_clock::time_point SocketSink::last_seen() const {
  if (state_ == State::closed) return last_seen_;
  if (const auto info = look_at(socket_)) return system_clock::now() - milliseconds(info->tcpi_last_ack_recv);
  return system_clock::now() - std::chrono::duration_cast<system_clock::duration>(steady_clock::now() - last_taken_);
}

void SocketSink::linger() {
  state_ = State::lingering;
  unanswered_since_ = steady_clock::now();
  ::shutdown(socket_, SHUT_WR);
}

void SocketSink::close(CloseReason reason) {
  if (state_ == State::closed) return;
  if (reason == CloseReason::over && state_ == State::open) {
    state_ = State::ending;
    if (is_chunked_) rest_.push_back({nullptr, kLastChunk});
    return go_on_ending();
  }
  if (reason == CloseReason::over && state_ == State::ending) return;
  last_seen_ = last_seen();
  state_ = State::closed;
  rest_.clear();
  means_.epoll.forget(*this);
  ::shutdown(socket_, SHUT_RDWR);
  ::close(std::exchange(socket_, -1));
  writer_->on_closed(reason);
}

}  // namespace taskwire::edge
