#pragma once

#include <limits>

#include "bench/clock.h"

namespace taskwire::bench {

inline constexpr Nanoseconds kNever = std::numeric_limits<Nanoseconds>::max();

/// Something that goes on beside others on one loop.
class Activity {
 public:
  Activity() = default;
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;
  virtual ~Activity() = default;
  /// Does what is due by `at`.
  virtual void advance(Nanoseconds at) = 0;
  /// When it has something to do by itself; kNever: not before a descriptor is ready.
  [[nodiscard]] virtual Nanoseconds next_due() const = 0;
};

}  // namespace taskwire::bench
