#include "taskwire/problem.h"

#include <nlohmann/json.hpp>

namespace taskwire::cli {

Problem problem_of(const client::Answer& answer) {
  Problem problem{"", "the server answered " + std::to_string(answer.status)};
  const auto body = nlohmann::json::parse(answer.body, nullptr, false);
  if (!body.is_object()) return problem;
  const auto text = [&](const char* key) {
    const auto found = body.find(key);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  problem.reason = text("reason");
  if (const auto detail = text("detail"); !detail.empty()) problem.detail = detail;
  return problem;
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
