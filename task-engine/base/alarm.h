#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "base/executor.h"

namespace taskwire::engine {

/// Rings for whatever is due first of much that waits: whoever keeps it looks then what is due, and sets the alarm for
/// the next. So few timers wait, although timers cannot be taken back. Thread-safe.
class Alarm final : public std::enable_shared_from_this<Alarm> {
 public:
  /// It rings after so long at the latest: what goes by the wall clock is looked at again, should that have jumped.
  static constexpr std::chrono::seconds kLongest{1};

  /// `ring` must be short, and is called on the timers' thread until the alarm is gone; it may set the alarm. `clock`
  /// and `timers` must outlive it.
  [[nodiscard]] static std::shared_ptr<Alarm> of(const Clock& clock, Timers& timers, std::function<void()> ring);

  /// Rings in `time`, or sooner; once for all that was set before.
  void set(std::chrono::nanoseconds time);

 private:
  Alarm(const Clock& clock, Timers& timers, std::function<void()> ring);
  void ring_at(SteadyTime time);

  const Clock& clock_;
  Timers& timers_;
  const std::function<void()> ring_;

  std::mutex mutex_;
  std::optional<SteadyTime> set_for_;
};

}  // namespace taskwire::engine
