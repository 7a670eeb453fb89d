#include "tasks/running_attempt.h"

#include <utility>

namespace taskwire::engine {

std::optional<StopReason> RunningAttempt::stop_reason() const {
  const std::lock_guard lock(mutex_);
  return stop_reason_;
}

void RunningAttempt::on_stop(std::function<void()> tell) {
  const std::lock_guard lock(mutex_);
  if (stop_reason_) return tell();
  tell_stop_ = std::move(tell);
}

bool RunningAttempt::wait_for(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [&] { return stop_reason_.has_value(); });
}

void RunningAttempt::begin(v1::Task task, std::shared_ptr<Reporter> reporter, std::unique_ptr<Teller> teller) {
  task_ = std::move(task);
  reporter_ = std::move(reporter);
  teller_ = std::move(teller);
}

void RunningAttempt::stop(StopReason reason) {
  {
    const std::lock_guard lock(mutex_);
    if (!stop_reason_) stop_reason_ = reason;
    if (const auto tell = std::exchange(tell_stop_, nullptr)) tell();
  }
  changed_.notify_all();
}

}  // namespace taskwire::engine
