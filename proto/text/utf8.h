#pragma once

#include <cstddef>
#include <string_view>

namespace taskwire {

/// Whether `text` is well-formed UTF-8 (RFC 3629), as event streams and protobuf's strings have to be.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Whether `c` is in a character, and does not begin it.
[[nodiscard]] constexpr bool is_utf8_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Whether the first two bytes of `text` are a C1 control.
[[nodiscard]] constexpr bool begins_with_c1(std::string_view text) {
  return text.size() > 1 && text[0] == '\xC2' && is_utf8_continuation(text[1]) && text[1] < '\xA0';
}

/// Bytes of the character that `text`, which is not empty, begins with; 0 where it begins with none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

}  // namespace taskwire
