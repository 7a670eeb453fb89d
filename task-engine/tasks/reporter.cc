#include "tasks/reporter.h"

#include <algorithm>
#include <utility>

namespace taskwire::engine {

Reporter::Reporter(const Clock& clock, Timers& timers, std::chrono::milliseconds interval, Write write)
    : clock_(clock), timers_(timers), interval_(interval), write_(std::move(write)), due_(clock.steady() + interval) {}

void Reporter::report(v1::Progress progress) {
  std::unique_lock lock(mutex_);
  if (is_closed_) return;
  is_urgent_ |= progress.stage() != stage_;
  stage_ = progress.stage();
  latest_ = std::move(progress);
  pump(std::move(lock));
}

std::optional<v1::Progress> Reporter::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  return latest_ ? std::exchange(latest_, std::nullopt) : writing_;
}

void Reporter::note(bool is_written) {
  std::unique_lock lock(mutex_);
  if (!is_written && !is_closed_) {
    if (!latest_) latest_ = std::move(writing_);
    is_urgent_ = false;
    due_ = clock_.steady() + std::max<std::chrono::nanoseconds>(interval_, kTryAgain);
  }
  writing_ = std::nullopt;
  pump(std::move(lock));
}

void Reporter::pump(std::unique_lock<std::mutex> lock) {
  if (!latest_ || writing_) return;
  const auto now = clock_.steady();
  if (is_urgent_ || now >= due_) {
    is_urgent_ = false;
    due_ = now + interval_;
    writing_ = std::exchange(latest_, std::nullopt);
    const auto progress = *writing_;
    lock.unlock();
    write_(progress, [self = shared_from_this()](bool is_written) { self->note(is_written); });
  } else if (!is_timed_) {
    is_timed_ = true;
    timers_.at(due_, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      std::unique_lock again(self->mutex_);
      self->is_timed_ = false;
      self->pump(std::move(again));
    });
  }
}

}  // namespace taskwire::engine
