#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "base/executor.h"
#include "tasks/tasks.h"

namespace taskwire::engine {

/// Settles what the last run left under way, as soon as the store takes it; nothing may run before. Thread-safe.
class Recovery final : public std::enable_shared_from_this<Recovery> {
 public:
  static constexpr std::chrono::seconds kTryAgain{1};

  /// All must outlive stop().
  [[nodiscard]] static std::shared_ptr<Recovery> of(Tasks& tasks, const Clock& clock, Timers& timers);

  /// The first try, before the log is started. `STORE_FAILED`: what was under way is as it was.
  [[nodiscard]] Result<void> begin(Stop stop);
  /// Calls `then` once all is settled: at once, or on the writing thread after one more try or several. Once, after the
  /// log is started; `then` must be short.
  void when_done(std::function<void()> then);
  /// Calls nothing any more. Before the log is stopped.
  void stop();

 private:
  Recovery(Tasks& tasks, const Clock& clock, Timers& timers) : tasks_(tasks), clock_(clock), timers_(timers) {}
  void try_later();
  void try_now();
  void tried(const Result<void>& settled);

  Tasks& tasks_;
  const Clock& clock_;
  Timers& timers_;

  std::mutex mutex_;
  Stop stop_ = Stop::in_order;
  std::function<void()> then_;
  bool is_done_ = false;
  bool is_stopped_ = false;
};

}  // namespace taskwire::engine
