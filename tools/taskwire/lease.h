#pragma once

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "taskwire/json_member.h"

namespace taskwire::cli {

/// The right to do a task, and to tell of it.
struct Lease {
  std::string id;
  std::string task_id, user_id;
  std::chrono::milliseconds lasts{0};
};

/// Of the answer to a start or retry with `claim`, or of an assignment; nothing where it has none.
[[nodiscard]] inline std::optional<Lease> lease_of(const nlohmann::json& answer) {
  constexpr std::uint64_t kUsual = 30'000;
  constexpr std::uint64_t kLongest = 24 * std::uint64_t{3'600'000};
  const auto id = text_member(answer, "lease");
  if (id.empty()) return std::nullopt;
  const auto& task = answer.contains("task") ? answer["task"] : answer;
  const auto lasts = std::min(whole_member(answer, "leaseMs").value_or(kUsual), kLongest);
  return Lease{id, text_member(task, "taskId"), text_member(task, "userId"), std::chrono::milliseconds(lasts)};
}

}  // namespace taskwire::cli
