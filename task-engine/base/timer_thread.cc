#include "base/timer_thread.h"

#include <utility>

namespace taskwire::engine {

TimerThread::~TimerThread() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void TimerThread::at(SteadyTime time, std::function<void()> function) {
  const std::lock_guard lock(mutex_);
  const auto added = waiting_.emplace(time, std::move(function));
  if (added == waiting_.begin()) changed_.notify_one();
}

void TimerThread::work() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
    } else if (const auto due = waiting_.begin()->first; std::chrono::steady_clock::now() < due) {
      changed_.wait_until(lock, due);
    } else {
      auto first = waiting_.extract(waiting_.begin());
      lock.unlock();
      first.mapped()();
      first = {};
      lock.lock();
    }
  }
}

}  // namespace taskwire::engine
