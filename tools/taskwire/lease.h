#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace taskwire::cli {

/// The right to do a task, and to tell of it.
struct Lease {
  std::string id;
  std::string task_id, user_id;
  std::chrono::milliseconds lasts{0};
};

/// Of the answer to a start with `claim`, or of an assignment; nothing where it has none.
[[nodiscard]] inline std::optional<Lease> lease_of(const nlohmann::json& answer) {
  if (!answer.is_object() || !answer.contains("lease") || !answer["lease"].is_string()) return std::nullopt;
  const auto& task = answer.contains("task") ? answer["task"] : answer;
  if (!task.is_object()) return std::nullopt;
  return Lease{answer["lease"], task.value("taskId", ""), task.value("userId", ""),
               std::chrono::milliseconds(answer.value("leaseMs", 30'000))};
}

}  // namespace taskwire::cli
