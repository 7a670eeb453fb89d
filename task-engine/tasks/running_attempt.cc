#include "tasks/running_attempt.h"

#include <utility>

namespace taskwire::engine {

std::optional<StopReason> RunningAttempt::stop_reason() const {
  const std::lock_guard lock(mutex_);
  return stop_reason_;
}

bool RunningAttempt::is_shutting_down() const {
  const std::lock_guard lock(mutex_);
  return is_shutting_down_;
}

void RunningAttempt::on_stop(std::function<void()> tell) {
  const std::lock_guard lock(mutex_);
  tell_stop_ = std::move(tell);
  if (stop_reason_) tell_stop_();
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
    if (reason == StopReason::shutting_down) is_shutting_down_ = true;
    if (tell_stop_) tell_stop_();
  }
  changed_.notify_all();
}

}  // namespace taskwire::engine
