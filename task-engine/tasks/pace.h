#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "base/clock.h"
#include "taskwire/v1/task.pb.h"

namespace taskwire::engine {

/// How fast an attempt goes: what its reports say of that. Not thread-safe.
class Pace {
 public:
  /// The last while, which the rate is of.
  static constexpr std::chrono::seconds kWindow{60};
  /// The rate of less than this is none.
  static constexpr std::chrono::seconds kLeast{4};
  static constexpr std::size_t kLeastReports = 4;
  /// Who was heard of more often than this may be silent for so long.
  static constexpr std::chrono::seconds kLeastSilence{20};
  /// So many times as long as the longest pause of the last while is longer than it ever pauses.
  static constexpr int kHabit = 4;

  /// Something was heard of it.
  void hear(SteadyTime now);
  /// A report came, which is heard too.
  void note(const v1::Progress& progress, SteadyTime now);
  /// How long the rest takes at the rate of the last while, in whole seconds; nothing where that cannot be told
  /// honestly: it is not known how much there is, it does not go on, or its rate jumps.
  [[nodiscard]] std::optional<std::chrono::seconds> left(SteadyTime now) const;
  /// When it has been silent for longer than it ever is; nothing where it has no habit yet.
  [[nodiscard]] std::optional<SteadyTime> stalled_at() const;

 private:
  struct Sample {
    SteadyTime time;
    double part;  // of the whole
  };

  std::deque<Sample> samples_;  // of the window, each of another moment
  std::size_t heard_ = 0;       // how often
  SteadyTime last_heard_;
  SteadyTime::duration longest_{0};  // pause; an old one counts for less and less
};

}  // namespace taskwire::engine
