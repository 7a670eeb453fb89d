#pragma once

#include "tasks/task_type.h"

namespace taskwire::engine {

/// Counts up, and tells its owner each number. Immutable. Thread-safe.
class Attempts final : public TaskType {
 public:
  [[nodiscard]] std::string_view name() const override { return "attempts"; }
  [[nodiscard]] std::string_view description() const override {
    return "Counts up, and sends its owner a message at each number";
  }
  [[nodiscard]] std::string_view params_schema() const override;
  [[nodiscard]] Result<google::protobuf::Struct> run(TaskContext& context) const override;
};

}  // namespace taskwire::engine
