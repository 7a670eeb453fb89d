#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace taskwire::edge {

/// A part of a representation (RFC 9110, 14.1.2): `[begin, end)`.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// What a `Range` header asks for of `size` bytes.
struct RangeAsked {
  bool is_range = false;           ///< Else the header is to be ignored: it is none, or asks for several parts.
  std::optional<ByteRange> range;  ///< Nothing where it cannot be satisfied.
};

[[nodiscard]] RangeAsked parse_range(std::string_view header, std::size_t size);

}  // namespace taskwire::edge
