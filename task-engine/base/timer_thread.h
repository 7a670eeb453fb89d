#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/executor.h"

namespace taskwire::engine {

/// Timers on one thread. Thread-safe.
class TimerThread final : public Timers {
 public:
  TimerThread() : thread_([this] { work(); }) {}
  TimerThread(const TimerThread&) = delete;
  TimerThread& operator=(const TimerThread&) = delete;
  /// Drops what is not due, and joins.
  ~TimerThread() override;

  void at(SteadyTime time, std::function<void()> function) override;

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<SteadyTime, std::function<void()>> waiting_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace taskwire::engine
