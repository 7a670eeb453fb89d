#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"

namespace taskwire::engine {

/// What a log holds, and what of it cannot be what was written.
struct CheckReport {
  std::string epoch;
  std::int64_t head = 0;
  std::size_t events = 0;
  std::size_t topics = 0;
  std::size_t tasks = 0;
  std::vector<std::string> findings;  ///< For people; at most kMostFindings.
  std::size_t more_findings = 0;      ///< That are not in the list.

  static constexpr std::size_t kMostFindings = 100;
};

/// Reads a log whole, as it is at one moment, and compares what depends on each other: the file and its indices, each
/// event with its row, its topic and the floors, each task with its last event, the marks and the sums. Changes
/// nothing; an engine may be running on it. `CANNOT_START`: there is no log, it cannot be read, or its layout is not
/// this version's.
[[nodiscard]] Result<CheckReport> check_log(const std::string& path);

}  // namespace taskwire::engine
