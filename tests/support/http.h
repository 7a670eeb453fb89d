#pragma once

#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "resume/sse_parser.h"
#include "support/socket.h"

namespace taskwire::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Response {
  int status = 0;
  Headers headers;
  std::string body;

  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] nlohmann::json json() const;
};

/// One request on a connection of its own. Host and Content-Length are added where they are missing.
Response request(std::uint16_t port, const std::string& method, const std::string& target, Headers headers = {},
                 const std::string& body = "");
/// POST of JSON.
Response post(std::uint16_t port, const std::string& target, const nlohmann::json& body, Headers headers = {});
Response get(std::uint16_t port, const std::string& target, Headers headers = {});

/// The path that a relative reference in the answer to a request of `target` leads to.
std::string resolved(const std::string& target, std::string reference);

/// Reads responses off a connection.
class HttpReader {
 public:
  explicit HttpReader(Socket& socket) : socket_(socket) {}

  /// Status line and headers; status 0 where none came in time.
  Response read_head(Clock::time_point deadline = within());
  /// The body of `head`'s response, whole. `has_body` is false after HEAD.
  std::string read_body(const Response& head, bool has_body = true, Clock::time_point deadline = within());
  /// The next bytes of a chunked body, or of one that the connection's end ends; empty at its end, nothing when none
  /// came in time.
  std::optional<std::string> read_some(const Response& head, Clock::time_point deadline);
  /// Whether a chunked body ended with its last chunk.
  [[nodiscard]] bool ended_in_order() const { return has_ended_; }

 private:
  /// False where nothing more came in time, or the connection has ended.
  bool fill(Clock::time_point deadline);

  Socket& socket_;
  std::string buffer_;
  bool is_at_end_ = false;
  bool has_ended_ = false;
};

/// A client of one event stream: an EventSource that is cut and resumed by the test.
class Stream {
 public:
  /// Opens `target`, with `last_event_id` if it is not empty.
  Stream(std::uint16_t port, const std::string& target, const std::string& last_event_id = "", Headers headers = {},
         int receive_buffer = 0);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] const Response& head() const { return head_; }
  /// The next event; nothing when none comes in time, or the stream has ended. Heartbeats and
  /// `upstream` are passed over.
  std::optional<SseEvent> next(Clock::time_point deadline = within());
  /// The next event of `type`; others are passed over.
  std::optional<SseEvent> next(const std::string& type, Clock::time_point deadline = within());
  /// Waits for the stream's id to become anything, or `id`.
  bool wait_for_id(const std::string& id = "", Clock::time_point deadline = within());
  /// Reads `count` bytes of the body, or to its end; fewer came where it answers less.
  std::size_t read_bytes(std::size_t count, Clock::time_point deadline = within());
  /// The events read so far by read_bytes, in order; empties the list.
  std::vector<SseEvent> take_events();
  /// Waits for the end; whether it was in order.
  bool wait_for_end(Clock::time_point deadline = within());
  [[nodiscard]] const std::string& last_event_id() const { return parser_.last_event_id(); }
  [[nodiscard]] std::optional<milliseconds> retry() const { return parser_.retry(); }
  void cut() { socket_.close(); }
  /// Cuts the connection by a RST.
  void reset() { socket_.reset(); }

 private:
  bool read_more(std::size_t most, Clock::time_point deadline);

  Socket socket_;
  HttpReader reader_{socket_};
  Response head_;
  std::string ahead_;  // received, not yet parsed
  std::deque<SseEvent> events_;
  SseParser parser_{[this](SseEvent event) { events_.push_back(std::move(event)); }};
  bool has_ended_ = false;
};

}  // namespace taskwire::test
