#include "tasks/time_limits.h"

namespace taskwire::engine {

std::shared_ptr<TimeLimits> TimeLimits::of(const Clock& clock, Timers& timers) {
  std::shared_ptr<TimeLimits> limits(new TimeLimits(clock));
  limits->alarm_ = Alarm::of(clock, timers, [weak = std::weak_ptr(limits)] {
    if (const auto self = weak.lock()) self->stop_overdue();
  });
  return limits;
}

TimeLimits::Entry TimeLimits::add(const std::shared_ptr<RunningAttempt>& attempt, std::chrono::milliseconds time) {
  Entry entry;
  {
    const std::lock_guard lock(mutex_);
    entry = {clock_.steady() + time, next_++};
    entries_.emplace(entry, attempt);
  }
  alarm_->set(time);
  return entry;
}

void TimeLimits::remove(const Entry& entry) {
  const std::lock_guard lock(mutex_);
  entries_.erase(entry);
}

void TimeLimits::stop_overdue() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.steady();
  while (!entries_.empty() && entries_.begin()->first.first <= now) {
    if (const auto attempt = entries_.begin()->second.lock()) attempt->stop(StopReason::time_limit);
    entries_.erase(entries_.begin());
  }
  if (!entries_.empty()) alarm_->set(entries_.begin()->first.first - now);
}

}  // namespace taskwire::engine
