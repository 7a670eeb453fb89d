#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskwire::engine {

/// A place in what a task printed. Attempts follow each other.
struct OutputPlace {
  int attempt = 0;         ///< From 1; 0: before the first.
  std::int64_t place = 0;  ///< Bytes of what was kept of it before.

  friend auto operator<=>(const OutputPlace&, const OutputPlace&) = default;
};

/// As callers see it: `<epoch>-<attempt>.<place>`.
[[nodiscard]] std::string to_string(const std::string& epoch, const OutputPlace& place);

/// What callers gave, taken apart.
struct OutputCursor {
  std::string epoch;
  OutputPlace place;
};

/// Nothing where it is none.
[[nodiscard]] std::optional<OutputCursor> parse_output_cursor(std::string_view text);

}  // namespace taskwire::engine
