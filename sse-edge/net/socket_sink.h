#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/sink.h"
#include "metrics/counter.h"
#include "net/epoll_set.h"

namespace taskwire::edge {

/// A stream's plain TCP connection, after the request was read: writes frames as the body of an HTTP/1.1 chunked
/// response, or of an HTTP/1.0 response that the connection's end ends. The kernel is given little more than it can
/// send at once, so a reader that stalls costs the frames of one write at most, which are shared, and as much again in
/// the kernel. Confined to its shard's thread.
class SocketSink final : public Sink, private EpollSet::Waiter {
 public:
  /// What all sinks of a shard share.
  struct Means {
    EpollSet& epoll;
    Counter& taken;  ///< Bytes that the sockets took.
  };

  /// `means` lives as long as anything is called here.
  SocketSink(const Means& means, boost::asio::ip::tcp::socket socket, bool is_chunked);
  ~SocketSink() override;

  /// Before anything else. `writer` lives until it was told of the end; `head` is the response's, and leaves with the
  /// first frames. Where it throws, close() is still to be called.
  void start(Writer& writer, std::string head);

  bool try_write(std::span<const Part> parts) override;
  bool flush() override;
  [[nodiscard]] bool is_writable() const override { return state_ == State::open && rest_.empty(); }
  [[nodiscard]] std::chrono::steady_clock::time_point last_taken() const override { return last_taken_; }
  [[nodiscard]] std::chrono::system_clock::time_point last_seen() const override;
  void close(CloseReason reason) override;

  /// Looks whether the reader's machine is still there: closes as `vanished` when bytes are on their way and nothing at
  /// all was acknowledged for `timeout`. Also ends the wait for the client's FIN after the response's end. Call it
  /// every few seconds.
  void look(std::chrono::steady_clock::time_point now, std::chrono::milliseconds timeout);

 private:
  enum class State : std::uint8_t {
    open,
    ending,     // everything was handed over
    lingering,  // everything was taken, and the client's end is waited for
    closed,
  };

  /// Bytes that the socket did not take yet, and who keeps them.
  struct Rest {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
  };

  /// Bytes that the socket took; nothing where the connection is gone, and closed then.
  std::optional<std::size_t> write_some(std::span<const struct iovec> bytes);
  void on_ready(std::uint32_t events) override;
  void on_readable();
  void go_on_ending();
  void wait_until_writable();
  void linger();

  const Means& means_;
  int socket_;  // -1: closed
  const bool is_chunked_;
  bool is_waiting_ = false;  // for the socket to take more
  State state_ = State::open;
  std::uint32_t unwanted_ = 0;  // bytes that the client sent
  Writer* writer_ = nullptr;
  std::chrono::steady_clock::time_point last_taken_;
  std::chrono::system_clock::time_point last_seen_;                        // when the connection was closed
  std::optional<std::chrono::steady_clock::time_point> unanswered_since_;  // or lingering since
  std::vector<Rest> rest_;
};

}  // namespace taskwire::edge
