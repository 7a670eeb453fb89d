#pragma once

#include "tasks/task_type.h"
#include "types/files.h"

namespace taskwire::engine {

/// Computes the SHA-256 of every regular file below a folder. What vanishes meanwhile or cannot be read is named in the
/// result, and nothing else is lost by it. Immutable. Thread-safe.
class Checksum final : public TaskType {
 public:
  explicit Checksum(Files files) : files_(std::move(files)) {}

  [[nodiscard]] std::string_view name() const override { return "checksum"; }
  [[nodiscard]] std::string_view description() const override;
  [[nodiscard]] std::string_view params_schema() const override;
  [[nodiscard]] bool runs_again() const override { return true; }
  [[nodiscard]] bool is_passing(Reason reason) const override { return reason == Reason::unreadable; }
  [[nodiscard]] Result<google::protobuf::Struct> run(TaskContext& context) const override;

 private:
  Files files_;
};

}  // namespace taskwire::engine
