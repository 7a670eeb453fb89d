#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/message.h"
#include "http/problem.h"

namespace taskwire::edge {

/// Reads one request (RFC 9112) out of its bytes, however they are cut: first the header; then, once it is told how
/// much may come, the body. Holds no more than its limits. Not thread-safe.
///
/// A request that is not read to its end has a problem: MALFORMED_REQUEST, HEADER_TOO_LARGE (chunk extensions and
/// trailers together, too), BODY_TOO_LARGE, UNSUPPORTED_TRANSFER_CODING, UNSUPPORTED_EXPECTATION, REQUEST_TIMEOUT.
/// Nothing on its connection can be read after that.
class RequestParser {
 public:
  /// The fields of one request.
  static constexpr std::size_t kMostFields = 256;
  /// Empty lines before a request, which are passed over (RFC 9112, 2.2).
  static constexpr std::size_t kMostEmptyLines = 8;

  /// `most_header_bytes`: of the request line with all fields.
  explicit RequestParser(std::size_t most_header_bytes)
      : most_header_bytes_(most_header_bytes), left_of_header_(most_header_bytes) {}

  /// Takes what belongs to the request off the front of `bytes` and answers how many that were. Fewer than all: the
  /// header ends there and read_body was not called yet, or the request does, or it has a problem.
  std::size_t put(std::string_view bytes);
  /// Reads the body too, of `most` bytes at most. Requires is_header_read(). May be BODY_TOO_LARGE at once.
  void read_body(std::uint64_t most);
  /// It takes too long: REQUEST_TIMEOUT, which `detail` explains.
  void time_out(std::string detail) { fail(Reason::request_timeout, std::move(detail)); }

  /// Whether something of the request has come, empty lines aside.
  [[nodiscard]] bool has_begun() const { return state_ != State::request_line || !line_.empty(); }
  /// Without a body the request is complete as well.
  [[nodiscard]] bool is_header_read() const { return is_header_read_; }
  [[nodiscard]] bool is_complete() const { return state_ == State::complete; }
  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }

  /// About how many bytes of memory what has been read so far takes.
  [[nodiscard]] std::size_t held() const;
  /// What has been read so far. Trailers are checked and left out.
  [[nodiscard]] const HttpRequest& request() const { return request_; }
  /// The request; nothing is left of it here.
  [[nodiscard]] HttpRequest take_request();
  /// Whether the client waits for `100 Continue` before it sends the body. Requires is_header_read().
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  /// Whether another request may follow on the connection. Requires is_header_read().
  [[nodiscard]] bool keeps_alive() const;

 private:
  enum class State { request_line, fields, header_read, body, chunk_line, chunk_data, chunk_end, trailers, complete };

  [[nodiscard]] bool take_line(std::string_view& bytes);
  void take_data(std::string_view& bytes);
  void on_line();
  void on_request_line();
  void on_field();
  void on_header_end();
  void on_chunk_line();
  void fail_too_large();
  void fail(Reason reason, std::string detail);
  void fail_malformed(std::string detail) { fail(Reason::malformed_request, std::move(detail)); }

  const std::size_t most_header_bytes_;
  std::size_t left_of_header_;  // of the header; behind it, of chunk extensions and trailers
  std::size_t header_bytes_ = 0;
  std::uint64_t most_body_bytes_ = 0;
  std::uint64_t left_of_body_ = 0;
  std::uint64_t left_of_part_ = 0;  // of the body, or of the chunk
  std::size_t empty_lines_ = 0;
  State state_ = State::request_line;
  bool is_chunked_ = false;
  bool is_header_read_ = false;
  bool expects_continue_ = false;
  std::string line_;
  HttpRequest request_;
  std::optional<Problem> problem_;
};

}  // namespace taskwire::edge
