#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace taskwire {

/// The longest time that can be written: 10,000 days.
inline constexpr std::chrono::milliseconds kLongestDuration = std::chrono::hours(24) * 10'000;

/// The time that `text` spells: a whole number and `ms`, `s`, `m`, `h` or `d`; without a unit it counts in `bare_unit`.
/// Nothing where it spells none, or more than kLongestDuration.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text,
                                                                      std::chrono::milliseconds bare_unit);

/// `duration` in its largest whole unit, as `parse_duration` reads it: `15s`, `1500ms`, `7d`.
[[nodiscard]] std::string format_duration(std::chrono::milliseconds duration);

}  // namespace taskwire
