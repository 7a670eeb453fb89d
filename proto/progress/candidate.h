#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "progress/runs.h"

namespace taskwire::progress {

/// What on a line may be progress, and what tells such lines from others.
struct Candidate {
  Count count;             ///< A percentage, `n/m` or `n of m`, or both where they agree.
  std::uint64_t lead = 0;  ///< Of the words before it, without numbers and bars.
  std::uint64_t line = 0;  ///< Of all words of the line, likewise.
  std::string_view label;  ///< The text before it where that has letters and no digits; may be empty.
};

/// Whether a line, or one of many, can hold a candidate at all: cheap.
[[nodiscard]] bool may_hold_candidate(std::string_view lines);

/// The first percentage or fraction of a line that could be progress.
///
/// None of dates, times, addresses, versions, paths, signed percentages and fractions above 1; nor anything on a line
/// that speaks of tests, coverage, loss, load, prices or amounts (`not_progress.h`), or has several percentages, as a
/// table of what uses how much.
[[nodiscard]] std::optional<Candidate> find_candidate(std::string_view line);

}  // namespace taskwire::progress
