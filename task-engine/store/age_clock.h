#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/clock.h"
#include "store/store.h"

namespace taskwire::engine {

/// The clock that ages are counted by. It goes on from what was noted last: while the program runs by the steady clock,
/// so that a jump of the wall clock is no time that went by; for the time before by the wall clock, if that did not
/// fall. Thread-safe.
class AgeClock {
 public:
  /// `started`: when the program began, by the steady clock. `clock` must outlive it.
  AgeClock(const Clock& clock, SteadyTime started, const std::optional<Note>& last)
      : clock_(clock), started_(started), at_start_(clock.now() - (clock.steady() - started)) {
    if (last) at_start_ = last->age + std::max(at_start_ - last->wall, SystemTime::duration(0));
  }

  [[nodiscard]] SystemTime now() const {
    return at_start_ + std::chrono::duration_cast<SystemTime::duration>(clock_.steady() - started_);
  }

 private:
  const Clock& clock_;
  SteadyTime started_;
  SystemTime at_start_;
};

}  // namespace taskwire::engine
