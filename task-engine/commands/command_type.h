#pragma once

#include "commands/attempt_output.h"
#include "commands/command.h"
#include "tasks/task_type.h"

namespace taskwire::engine {

/// A type of tasks that are programs. Immutable. Thread-safe.
class CommandType final : public TaskType {
 public:
  CommandType(Command command, const AttemptOutput::Means& output);

  [[nodiscard]] std::string_view name() const override { return command_.type; }
  [[nodiscard]] std::string_view description() const override { return command_.description; }
  [[nodiscard]] std::string_view params_schema() const override { return command_.params; }
  [[nodiscard]] Result<void> check(const google::protobuf::Struct& params) const override;
  [[nodiscard]] bool reports_whole() const override { return true; }
  [[nodiscard]] bool runs_again() const override { return command_.runs_again; }
  [[nodiscard]] TypePolicy policy() const override { return command_.policy; }
  [[nodiscard]] bool is_passing(Reason reason) const override { return command_.retried.contains(reason); }
  [[nodiscard]] Result<google::protobuf::Struct> run(TaskContext& context) const override;

 private:
  const Command command_;
  const google::protobuf::Struct schema_;
  const AttemptOutput::Means output_;
};

}  // namespace taskwire::engine
