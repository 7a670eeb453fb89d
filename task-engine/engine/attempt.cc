#include "engine/attempt.h"

#include <utility>

namespace taskwire::engine {

bool Attempt::is_stopped() const {
  const std::lock_guard lock(mutex_);
  return is_stopped_;
}

bool Attempt::wait_for(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [&] { return is_stopped_; });
}

void Attempt::begin(v1::Task task, std::shared_ptr<Reporter> reporter, std::unique_ptr<Teller> teller) {
  task_ = std::move(task);
  reporter_ = std::move(reporter);
  teller_ = std::move(teller);
}

void Attempt::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  changed_.notify_all();
}

}  // namespace taskwire::engine
