#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "base/alarm.h"
#include "tasks/running_attempt.h"

namespace taskwire::engine {

/// Asks attempts to stop that have run as long as they may, by a clock that does not jump. Thread-safe.
class TimeLimits final : public std::enable_shared_from_this<TimeLimits> {
 public:
  /// Names what was added.
  using Entry = std::pair<SteadyTime, std::uint64_t>;

  /// Both must outlive it.
  [[nodiscard]] static std::shared_ptr<TimeLimits> of(const Clock& clock, Timers& timers);

  /// `attempt` may run for so long from now.
  [[nodiscard]] Entry add(const std::shared_ptr<RunningAttempt>& attempt, std::chrono::milliseconds time);
  /// It has ended.
  void remove(const Entry& entry);

 private:
  explicit TimeLimits(const Clock& clock) : clock_(clock) {}
  void stop_overdue();

  const Clock& clock_;
  std::shared_ptr<Alarm> alarm_;

  std::mutex mutex_;
  std::map<Entry, std::weak_ptr<RunningAttempt>> entries_;
  std::uint64_t next_ = 0;
};

}  // namespace taskwire::engine
