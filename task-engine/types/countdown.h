#pragma once

#include "tasks/task_type.h"

namespace taskwire::engine {

/// Counts down, telling its owner each number and then the object that it answers. Immutable. Thread-safe.
class Countdown final : public TaskType {
 public:
  [[nodiscard]] std::string_view name() const override { return "countdown"; }
  [[nodiscard]] std::string_view description() const override {
    return "Counts down, with a message to its owner at each number, then sends an object";
  }
  [[nodiscard]] std::string_view params_schema() const override;
  [[nodiscard]] Result<google::protobuf::Struct> run(TaskContext& context) const override;
};

}  // namespace taskwire::engine
