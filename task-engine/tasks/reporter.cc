#include "tasks/reporter.h"

#include <algorithm>
#include <utility>

namespace taskwire::engine {

Reporter::Reporter(const Clock& clock, Timers& timers, std::chrono::milliseconds interval, Write write)
    : clock_(clock), timers_(timers), interval_(interval), write_(std::move(write)), due_(clock.steady() + interval) {}

void Reporter::report(v1::Progress progress) {
  std::unique_lock lock(mutex_);
  if (is_closed_) return;
  take(std::move(progress));
  pump(std::move(lock));
}

void Reporter::hear() {
  std::unique_lock lock(mutex_);
  if (is_closed_) return;
  if (!last_.stalled()) return pace_.hear(clock_.steady());
  take(last_);
  pump(std::move(lock));
}

void Reporter::report(v1::Progress progress, std::function<void(Outcome)> done) {
  std::unique_lock lock(mutex_);
  if (!is_closed_) take(std::move(progress));
  flush(std::move(lock), std::move(done));
}

void Reporter::flush(std::function<void(Outcome)> done) {
  flush(std::unique_lock(mutex_), std::move(done));
}

void Reporter::flush(std::unique_lock<std::mutex> lock, std::function<void(Outcome)> done) {
  if (!latest_) {
    if (writing_ && !is_closed_) return for_writing_.push_back(std::move(done));
    const auto outcome = is_closed_ ? Outcome::ended : Outcome::written;
    lock.unlock();
    return done(outcome);
  }
  is_urgent_ = true;
  for_latest_.push_back(std::move(done));
  pump(std::move(lock));
}

std::optional<v1::Progress> Reporter::close() {
  std::unique_lock lock(mutex_);
  is_closed_ = true;
  auto last = latest_ ? std::exchange(latest_, std::nullopt) : writing_;
  const auto waiters = std::exchange(for_latest_, {});
  const auto others = std::exchange(for_writing_, {});
  lock.unlock();
  for (const auto* const some : {&others, &waiters}) {
    for (const auto& done : *some) done(Outcome::ended);
  }
  return last;
}

void Reporter::take(v1::Progress progress) {
  const auto now = clock_.steady();
  is_urgent_ |= progress.stage() != stage_ || last_.stalled();
  stage_ = progress.stage();
  pace_.note(progress, now);
  progress.clear_eta_seconds();
  if (const auto left = pace_.left(now)) progress.set_eta_seconds(left->count());
  progress.set_stalled(false);
  last_ = progress;
  latest_ = std::move(progress);
  watch_silence();
}

void Reporter::watch_silence() {
  const auto stalled_at = pace_.stalled_at();
  if (!stalled_at || is_watching_ || is_closed_) return;
  is_watching_ = true;
  timers_.at(*stalled_at, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->look_for_silence();
  });
}

void Reporter::look_for_silence() {
  std::unique_lock lock(mutex_);
  is_watching_ = false;
  if (is_closed_ || last_.stalled()) return;
  if (clock_.steady() < pace_.stalled_at()) return watch_silence();
  // Who waits on purpose is not stalled.
  if (last_.condition() == v1::CONDITION_PAUSED) return;
  last_.set_stalled(true);
  last_.clear_eta_seconds();
  latest_ = last_;
  is_urgent_ = true;
  pump(std::move(lock));
}

void Reporter::note(bool is_written) {
  std::unique_lock lock(mutex_);
  const auto waiters = std::exchange(for_writing_, {});
  if (!is_written && !is_closed_) {
    if (!latest_) latest_ = std::move(writing_);
    is_urgent_ = false;
    due_ = clock_.steady() + std::max<std::chrono::nanoseconds>(interval_, kTryAgain);
  }
  writing_ = std::nullopt;
  pump(std::move(lock));
  for (const auto& done : waiters) done(is_written ? Outcome::written : Outcome::failed);
}

void Reporter::pump(std::unique_lock<std::mutex> lock) {
  if (!latest_ || writing_) return;
  const auto now = clock_.steady();
  if (is_urgent_ || now >= due_) {
    is_urgent_ = false;
    due_ = now + interval_;
    writing_ = std::exchange(latest_, std::nullopt);
    for_writing_ = std::exchange(for_latest_, {});
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
