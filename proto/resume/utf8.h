#pragma once

#include <cstddef>
#include <string_view>

namespace taskwire {

/// Whether `text` is well-formed UTF-8 (RFC 3629), as event streams and protobuf's strings have to be.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Bytes of the character that `text`, which is not empty, begins with; 0 where it begins with none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

}  // namespace taskwire
