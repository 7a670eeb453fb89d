#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "view/clock.h"

namespace taskwire::view {

/// A whole number for people: `1000`; from five digits on in groups of three, `12 500`.
[[nodiscard]] std::string format_count(std::int64_t count);

/// `512 B`, `1.2 KiB`, `34 MiB`: with a decimal below ten of a unit. A negative size counts as 0.
[[nodiscard]] std::string format_bytes(std::int64_t bytes);

/// How much is done of how much, `420/1000 items`, `1.2/3.4 MiB` where the unit is `bytes`. Without a total (0) what is
/// done, `420 items`; empty where nothing is known at all.
[[nodiscard]] std::string format_amount(std::int64_t done, std::int64_t total, std::string_view unit);

/// A stretch of time: `1.4 s`, `12 s`, `3 min 05 s`, `1 h 04 min`, `2 d 3 h`. A negative one counts as none.
[[nodiscard]] std::string format_duration(Millis duration);

/// A stretch of time that is only guessed, in one unit or two, never none: `40 s`, `2 min`, `1 h 20 min`, `3 d`.
[[nodiscard]] std::string format_guess(Millis duration);

/// How long ago something was: `now` within the first second, else `3 s ago`.
[[nodiscard]] std::string format_age(Millis age);

/// The time of day, `10:30:45`, at a place `ahead` of UTC.
[[nodiscard]] std::string format_time_of_day(Time time, Millis ahead);

/// At most `bytes` of `text`, with `…` where some was left out; never half a character. Line ends become spaces.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t bytes);

}  // namespace taskwire::view
