#pragma once

#include "tasks/task_type.h"

namespace taskwire::engine {

/// Pretends to work: counts steps, through named stages, and may fail on purpose. Immutable. Thread-safe.
class Simulate final : public TaskType {
 public:
  [[nodiscard]] std::string_view name() const override { return "simulate"; }
  [[nodiscard]] std::string_view description() const override;
  [[nodiscard]] std::string_view params_schema() const override;
  [[nodiscard]] bool is_passing(Reason reason) const override { return reason == Reason::simulated_failure; }
  [[nodiscard]] Result<google::protobuf::Struct> run(TaskContext& context) const override;
};

}  // namespace taskwire::engine
