#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "tasks/params.h"
#include "tasks/task_type.h"

namespace taskwire::engine {

/// Runs a type without waiting, and keeps what it reports. Not thread-safe.
class FakeContext final : public TaskContext {
 public:
  /// `params` as JSON, completed by the type's schema.
  FakeContext(const TaskType& type, const std::string& params) {
    task_.set_task_id("k3v7qm2xw5ta");
    task_.set_user_id("alice");
    task_.set_type(std::string(type.name()));
    *task_.mutable_params() = *check_params(struct_from_json(type.params_schema()), struct_from_json(params));
  }

  [[nodiscard]] const v1::Task& task() const override { return task_; }
  void report(v1::Progress progress) override {
    reports.push_back(std::move(progress));
    if (on_report) on_report();
  }
  void hear() override {}
  [[nodiscard]] bool tell(std::string text) override {
    if (stopped || --tells_left == 0) return false;
    told.push_back(std::move(text));
    return true;
  }
  [[nodiscard]] std::optional<StopReason> stop_reason() const override {
    return stopped ? std::optional(StopReason::cancelled) : std::nullopt;
  }
  [[nodiscard]] bool is_shutting_down() const override { return false; }
  void on_stop(std::function<void()> tell) override {
    if (stopped) tell();
  }
  [[nodiscard]] bool wait_for(std::chrono::nanoseconds time) override {
    waited += time;
    if (--waits_left == 0) stopped = true;
    return !stopped;
  }

  std::vector<v1::Progress> reports;
  std::vector<std::string> told;
  std::function<void()> on_report;
  std::chrono::nanoseconds waited{0};
  int waits_left = std::numeric_limits<int>::max();  ///< The one that this leads to is interrupted.
  int tells_left = std::numeric_limits<int>::max();  ///< The one that this leads to is refused.
  bool stopped = false;

 private:
  v1::Task task_;
};

}  // namespace taskwire::engine
