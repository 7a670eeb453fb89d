#include "taskwire/problem.h"

#include <nlohmann/json.hpp>

#include "taskwire/json_member.h"

namespace taskwire::cli {

Problem problem_of(const client::Answer& answer) {
  Problem problem{"", "the server answered " + std::to_string(answer.status)};
  const auto body = nlohmann::json::parse(answer.body, nullptr, false);
  problem.reason = text_member(body, "reason");
  if (const auto detail = text_member(body, "detail"); !detail.empty()) problem.detail = detail;
  return problem;
}

std::string in_words(const Problem& problem) {
  return problem.reason.empty() ? problem.detail : problem.detail + " (" + problem.reason + ")";
}

bool is_passing(const client::Answer& answer) {
  constexpr unsigned kTimeout = 408;
  constexpr unsigned kTooEarly = 425;
  constexpr unsigned kTooMany = 429;
  constexpr unsigned kServer = 500;
  return answer.status == kTimeout || answer.status == kTooEarly || answer.status == kTooMany ||
         answer.status >= kServer;
}

}  // namespace taskwire::cli
