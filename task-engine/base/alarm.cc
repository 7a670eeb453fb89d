#include "base/alarm.h"

#include <algorithm>
#include <utility>

namespace taskwire::engine {

std::shared_ptr<Alarm> Alarm::of(const Clock& clock, Timers& timers, std::function<void()> ring) {
  return std::shared_ptr<Alarm>(new Alarm(clock, timers, std::move(ring)));
}

Alarm::Alarm(const Clock& clock, Timers& timers, std::function<void()> ring)
    : clock_(clock), timers_(timers), ring_(std::move(ring)) {}

void Alarm::set(std::chrono::nanoseconds time) {
  const auto due = clock_.steady() + std::clamp<std::chrono::nanoseconds>(time, std::chrono::nanoseconds(0), kLongest);
  {
    const std::lock_guard lock(mutex_);
    if (set_for_ && *set_for_ <= due) return;
    set_for_ = due;
  }
  timers_.at(due, [weak = weak_from_this(), due] {
    if (const auto self = weak.lock()) self->ring_at(due);
  });
}

void Alarm::ring_at(SteadyTime time) {
  {
    const std::lock_guard lock(mutex_);
    if (set_for_ != time) return;  // an earlier one has rung in its place
    set_for_.reset();
  }
  ring_();
}

}  // namespace taskwire::engine
