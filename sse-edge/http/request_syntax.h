#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace taskwire::edge {

// Single lines of a request, without their line end (RFC 9112; RFC 9110, 5.5 and 5.6). Of what the RFC lets a server
// choose, the stricter is chosen: no space before a colon, no folded field, no bare CR.

/// Whether `text` is a token: a method, the name of a field.
[[nodiscard]] bool is_token(std::string_view text);

/// Whether `text` may be the value of a field or the extension of a chunk: no control character but the tab.
[[nodiscard]] bool is_field_text(std::string_view text);

struct RequestLine {
  std::string_view method;
  std::string_view target;
  bool is_http_1_0 = false;
};
/// The parts of `line`; nothing where it is no request line of HTTP/1.0 or HTTP/1.x, which counts as HTTP/1.1.
[[nodiscard]] std::optional<RequestLine> parse_request_line(std::string_view line);

/// Whether `begin` may go on to become a request line.
[[nodiscard]] bool may_begin_request(std::string_view begin);

struct FieldLine {
  std::string_view name;
  std::string_view value;  ///< Without the white space around it.
};
/// The parts of `line`; nothing where it is no field.
[[nodiscard]] std::optional<FieldLine> parse_field_line(std::string_view line);

/// How much data follows this line before a chunk, below 2^60; nothing where it is no such line.
[[nodiscard]] std::optional<std::uint64_t> parse_chunk_size(std::string_view line);

}  // namespace taskwire::edge
