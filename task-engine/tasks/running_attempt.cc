#include "tasks/running_attempt.h"

#include <utility>

namespace taskwire::engine {

bool RunningAttempt::is_stopped() const {
  const std::lock_guard lock(mutex_);
  return is_stopped_;
}

bool RunningAttempt::wait_for(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [&] { return is_stopped_; });
}

void RunningAttempt::begin(v1::Task task, std::shared_ptr<Reporter> reporter, std::unique_ptr<Teller> teller) {
  task_ = std::move(task);
  reporter_ = std::move(reporter);
  teller_ = std::move(teller);
}

void RunningAttempt::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  changed_.notify_all();
}

}  // namespace taskwire::engine
