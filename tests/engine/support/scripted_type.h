#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tasks/catalogue.h"

namespace taskwire::engine {

/// A type that does what the test says. Thread-safe if that is.
class ScriptedType final : public TaskType {
 public:
  using Run = std::function<Result<google::protobuf::Struct>(TaskContext&)>;

  ScriptedType(std::string name, Run run, bool runs_again = false, TypePolicy policy = {},
               std::optional<Reason> passing = {})
      : name_(std::move(name)), run_(std::move(run)), runs_again_(runs_again), policy_(policy), passing_(passing) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view description() const override { return "for tests"; }
  [[nodiscard]] std::string_view params_schema() const override {
    return R"({"type":"object","properties":{"n":{"type":"integer","default":7},"s":{"type":"string"}}})";
  }
  [[nodiscard]] bool runs_again() const override { return runs_again_; }
  [[nodiscard]] TypePolicy policy() const override { return policy_; }
  [[nodiscard]] bool is_passing(Reason reason) const override { return passing_ == reason; }
  [[nodiscard]] Result<google::protobuf::Struct> run(TaskContext& context) const override { return run_(context); }

 private:
  std::string name_;
  Run run_;
  bool runs_again_;
  TypePolicy policy_;
  std::optional<Reason> passing_;
};

}  // namespace taskwire::engine
