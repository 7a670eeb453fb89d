#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "client/url.h"

namespace taskwire::client {

/// How the server answered.
struct ResponseHead {
  unsigned status = 0;
  std::string content_type;
  std::chrono::milliseconds retry_after{0};  ///< As `Retry-After` says in seconds.

  [[nodiscard]] bool is_event_stream() const;
};

/// One GET over one connection, with `token`, if there is one, as its bearer, whose body comes in pieces as they
/// arrive. Failures are told in words. Not thread-safe.
class HttpStream {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  template <class T>
  using Result = boost::asio::awaitable<tl::expected<T, std::string>>;

  explicit HttpStream(const boost::asio::any_io_executor& executor, std::string token = {})
      : stream_(executor), token_(std::move(token)) {}

  /// Connects, asks for `path` at `url` after `last_event_id` (empty: none), and reads the head of the answer. Call
  /// it once; the arguments have to stay until it is done.
  Result<ResponseHead> open(const Url& url, const std::string& path, const std::string& last_event_id,
                            Deadline deadline);
  /// The next bytes of the body, until the next call; empty at its end in order.
  Result<std::string_view> read_some(Deadline deadline);
  /// The rest of the body, or as much of it as came before `deadline`; at most 64 KiB.
  boost::asio::awaitable<std::string> read_rest(Deadline deadline);

 private:
  boost::beast::tcp_stream stream_;
  std::string token_;
  boost::beast::flat_buffer buffer_;
  boost::beast::http::response_parser<boost::beast::http::buffer_body> parser_;
  std::array<char, 16 << 10> piece_;
};

}  // namespace taskwire::client
