#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskwire::edge {

/// One block of an event stream (WHATWG HTML, 9.2.6). What is absent gets no line.
struct SseBlock {
  std::string_view id;     ///< No CR, LF or NUL.
  std::string_view event;  ///< No CR, LF. Empty: `message`, as a browser takes it.
  int retry_ms = 0;
  std::optional<std::string_view>
      data;  ///< Any text; CR, LF and CRLF begin new `data` lines. Empty text is dispatched, absent is not.
};

/// Appends `block`: `id`, `event`, `retry`, `data` lines, a blank line.
void append_block(std::string& out, const SseBlock& block);

/// Appends a comment line. `text` has no CR, LF.
void append_comment(std::string& out, std::string_view text);

/// Bytes of an event stream that are made once and sent to many, framed as one chunk of HTTP/1.1 chunked coding (RFC
/// 9112, 7.1). Immutable, so thread-safe.
class Frame {
 public:
  /// `sse` is not empty.
  explicit Frame(std::string_view sse);

  /// As they go on the wire of a chunked response.
  [[nodiscard]] std::string_view chunk() const { return bytes_; }
  /// Without the chunk's frame, for HTTP/1.0.
  [[nodiscard]] std::string_view plain() const;
  [[nodiscard]] std::string_view bytes(bool chunked) const { return chunked ? chunk() : plain(); }

 private:
  std::string bytes_;
  std::size_t header_;
};

/// The end of a chunked response.
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace taskwire::edge
