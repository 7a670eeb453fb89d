#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "base/clock.h"
#include "base/executor.h"

namespace taskwire::engine {

/// A clock that stands until it is told to go on, and the timers that go by it. Thread-safe.
class ManualClock final : public Clock, public Timers {
 public:
  [[nodiscard]] SystemTime now() const override {
    const std::lock_guard lock(mutex_);
    return SystemTime(std::chrono::hours(500'000)) + passed_ + jumped_;
  }
  [[nodiscard]] SteadyTime steady() const override {
    const std::lock_guard lock(mutex_);
    return SteadyTime(std::chrono::hours(1)) + passed_;
  }
  void at(SteadyTime time, std::function<void()> function) override {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(time, std::move(function));
  }

  /// Goes on by `time` and runs the timers that are due then.
  void advance(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    passed_ += time;
    const auto now = SteadyTime(std::chrono::hours(1)) + passed_;
    while (!waiting_.empty() && waiting_.begin()->first <= now) {
      auto first = waiting_.extract(waiting_.begin());
      lock.unlock();
      first.mapped()();
      lock.lock();
    }
  }
  /// The wall clock alone is set to another time.
  void jump(std::chrono::milliseconds by) {
    const std::lock_guard lock(mutex_);
    jumped_ += by;
  }
  [[nodiscard]] std::size_t timers() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::chrono::milliseconds passed_{0};
  std::chrono::milliseconds jumped_{0};
  std::multimap<SteadyTime, std::function<void()>> waiting_;
};

/// Runs what is posted when it is told to. Not thread-safe.
class ManualExecutor final : public Executor {
 public:
  void post(std::function<void()> function) override { waiting_.push_back(std::move(function)); }
  /// Runs everything, also what is posted meanwhile.
  void run() {
    for (std::size_t i = 0; i < waiting_.size(); ++i) std::exchange(waiting_[i], nullptr)();
    waiting_.clear();
  }

 private:
  std::vector<std::function<void()>> waiting_;
};

}  // namespace taskwire::engine
