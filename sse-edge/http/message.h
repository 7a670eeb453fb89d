#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskwire::edge {

/// A request as the edge's own code sees it, apart from any HTTP library.
struct HttpRequest {
  std::string method;
  std::string target;  ///< As sent: a path and perhaps a query.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool is_http_1_0 = false;

  /// The first header of that name in any case, or nothing.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  /// The values of all headers of that name, with commas between them: for fields that are lists (RFC 9110, 5.3).
  /// Empty where there is none.
  [[nodiscard]] std::string list(std::string_view name) const;
};

/// An answer as the edge's own code makes it.
struct HttpResponse {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// Instead of `body`, where others have the same.
  std::shared_ptr<const std::string> shared_body;
  bool is_body_of_answers = false;  ///< `shared_body` lives as long as the answers that have it, and no longer.
  /// Called where it is known that not all of it was taken; may be empty.
  std::function<void()> when_lost = {};

  [[nodiscard]] const std::string& content() const { return shared_body ? *shared_body : body; }
};

[[nodiscard]] HttpResponse json_response(unsigned status, std::string json);

/// The reason phrase of an HTTP status (RFC 9110), "Error" for one that the edge does not use.
[[nodiscard]] std::string_view status_phrase(unsigned status);

/// How the bytes after a response's head end.
enum class Framing {
  length,   ///< `Content-Length`.
  chunked,  ///< The last chunk.
  close,    ///< The connection's end.
};

/// Status line and headers (RFC 9112) of `response`, with Date, with the blank line.
[[nodiscard]] std::string response_head(const HttpResponse& response, Framing framing, bool keep_alive,
                                        bool is_http_1_0);

/// A time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
[[nodiscard]] std::string http_date(std::chrono::system_clock::time_point time);

/// Whether `a` and `b` are equal but for the case of ASCII letters.
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Whether the comma-separated list `header` has `token`, parameters (`;q=0.5`) aside, in any case. `q=0` counts as
/// absent.
[[nodiscard]] bool has_token(std::string_view header, std::string_view token);

}  // namespace taskwire::edge
