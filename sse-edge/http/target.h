#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/problem.h"

namespace taskwire::edge {

/// A request target taken apart (RFC 9112, 3.2; RFC 3986): segments and query, percent-decoded.
struct Target {
  std::string authority;              ///< Of an absolute-form target; else empty.
  std::vector<std::string> segments;  ///< `/a/b` has two; `/` has one, empty.
  std::vector<std::pair<std::string, std::string>> query;

  /// The value of that name, or nothing. REPEATED_PARAMETER where it comes twice.
  [[nodiscard]] Result<std::optional<std::string_view>> parameter(std::string_view name) const;
  /// The value of that name as a whole number from `least` to `most`, or nothing where it does not come. `reason` where
  /// it is another or none; REPEATED_PARAMETER.
  [[nodiscard]] Result<std::optional<int>> number(std::string_view name, int least, int most, Reason reason) const;
  /// About how many bytes of memory it takes.
  [[nodiscard]] std::size_t held() const;
  /// All values of that name, in order.
  [[nodiscard]] std::vector<std::string> parameters(std::string_view name) const;
};

/// The target that `text` spells; nothing where it is none or has a bad percent-encoding. A `+` in a query is a space.
[[nodiscard]] std::optional<Target> parse_target(std::string_view text);

}  // namespace taskwire::edge
