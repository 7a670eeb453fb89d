#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "tasks/reporter.h"
#include "tasks/task_type.h"
#include "tasks/teller.h"

namespace taskwire::engine {

/// One run of one task, as its type sees it. Thread-safe.
class RunningAttempt final : public TaskContext {
 public:
  [[nodiscard]] const v1::Task& task() const override { return task_; }
  void report(v1::Progress progress) override { reporter_->report(std::move(progress)); }
  void hear() override { reporter_->hear(); }
  [[nodiscard]] bool tell(std::string text) override { return !is_stopped() && teller_->tell(text); }
  [[nodiscard]] std::optional<StopReason> stop_reason() const override;
  [[nodiscard]] bool is_shutting_down() const override;
  void on_stop(std::function<void()> tell) override;
  [[nodiscard]] bool wait_for(std::chrono::nanoseconds time) override;

  /// Has to be called before the type sees it.
  void begin(v1::Task task, std::shared_ptr<Reporter> reporter, std::unique_ptr<Teller> teller);
  /// Asks the type to stop; the first reason stays.
  void stop(StopReason reason);

 private:
  v1::Task task_;
  std::shared_ptr<Reporter> reporter_;
  std::unique_ptr<Teller> teller_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<StopReason> stop_reason_;
  bool is_shutting_down_ = false;
  std::function<void()> tell_stop_;
};

}  // namespace taskwire::engine
