#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/request_parser.h"
#include "net/budget.h"
#include "net/config.h"
#include "net/timed_socket.h"

namespace taskwire::edge {

/// Reads a connection's requests, one after the other; keeps what comes behind one for the next. Confined to its
/// shard's thread.
class RequestReader {
 public:
  /// What there is of a request, and of what came behind it, counts in `held` until release(), beyond kOwnBytes.
  RequestReader(TimedSocket& socket, Budget& held, const Config& config)
      : socket_(socket), held_(held), config_(config) {}

  /// Reads the next request's header. False where nobody waits for an answer: the client has gone, or has not begun a
  /// request in time. A header that is not whole --request-timeout after its begin is REQUEST_TIMEOUT.
  boost::asio::awaitable<bool> read_header(RequestParser& parser);
  /// Reads the body, of `most` bytes at most; asks for it first where the client waits for that. False as above. A body
  /// slower than its Pace, with the patience of --request-timeout, is REQUEST_TIMEOUT. Requires a header without
  /// problem.
  boost::asio::awaitable<bool> read_body(RequestParser& parser, std::uint64_t most);
  /// So many bytes beside were made of the header, and count from read_body on.
  void add(std::size_t bytes) { beside_ = bytes; }
  /// Nothing of the request is kept any more.
  void release();
  /// Takes in what still comes, and throws it away, until the client closes or for a second: an answer before the
  /// request's end would be lost to a reset otherwise.
  boost::asio::awaitable<void> drain();

 private:
  void hold(std::size_t bytes);
  void feed(RequestParser& parser, std::string_view bytes);

  TimedSocket& socket_;
  Budget& held_;
  const Config& config_;
  std::optional<Budget::Share> share_;
  std::size_t beside_ = 0;
  std::string ahead_;  // behind the last request
  bool is_first_ = true;
};

}  // namespace taskwire::edge
