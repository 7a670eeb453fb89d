#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

namespace taskwire::edge {

/// A client's socket, whose reads and writes end in time. One of them at a time. Confined to its shard's thread.
class TimedSocket {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  enum class Failure {
    gone,  ///< The client has closed or reset the connection, or cut() was called.
    late,  ///< The deadline has passed; the connection is as it was.
  };
  template <class T>
  using Done = tl::expected<T, Failure>;

  explicit TimedSocket(boost::asio::ip::tcp::socket socket);
  /// Closes.
  ~TimedSocket();
  TimedSocket(const TimedSocket&) = delete;
  TimedSocket& operator=(const TimedSocket&) = delete;

  /// The next bytes, at least one. They are the thread's: valid until the caller waits for anything.
  boost::asio::awaitable<Done<std::string_view>> read_some(Deadline deadline);
  /// Writes the front of `buffers`; how many bytes the socket took, at least one. Requires that there is one.
  boost::asio::awaitable<Done<std::size_t>> write_some(std::span<const boost::asio::const_buffer> buffers,
                                                       Deadline deadline);
  /// Says that nothing more will be written.
  void end_writing();
  /// Closes the connection; what is under way ends as `gone`.
  void cut();

  [[nodiscard]] boost::asio::ip::tcp::socket& socket();
  /// Hands the socket on. Nothing may be under way.
  [[nodiscard]] boost::asio::ip::tcp::socket release();

 private:
  struct State;

  boost::asio::awaitable<Done<void>> wait(boost::asio::ip::tcp::socket::wait_type what, Deadline deadline);

  std::shared_ptr<State> state_;  // the timer's handler may come late
};

}  // namespace taskwire::edge
