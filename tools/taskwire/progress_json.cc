#include "taskwire/progress_json.h"

#include <optional>
#include <string_view>

namespace taskwire::cli {
namespace {

using nlohmann::json;
using progress::Condition;
using progress::Step;
using progress::StepState;

json value_of(std::string_view text) {
  return text.empty() ? json() : json(text);
}

template <class Number>
json value_of(const std::optional<Number>& number) {
  return number ? json(*number) : json();
}

json value_of(bool is) {
  return is ? json(true) : json();
}

json value_of(Condition condition) {
  switch (condition) {
    case Condition::paused:
      return "paused";
    case Condition::warning:
      return "warning";
    case Condition::error:
      return "error";
    case Condition::none:
      break;
  }
  return {};
}

std::string_view name_of(StepState state) {
  switch (state) {
    case StepState::pending:
      return "pending";
    case StepState::running:
      return "running";
    case StepState::done:
      return "done";
    case StepState::failed:
      break;
  }
  return "failed";
}

json value_of(const std::vector<Step>& steps) {
  if (steps.empty()) return {};
  json list = json::array();
  for (const auto& step : steps) {
    json one{{"name", step.name}, {"state", name_of(step.state)}};
    if (step.done) one["done"] = *step.done;
    if (step.total) one["total"] = *step.total;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

json progress_json(const progress::Progress& before, const progress::Progress& now) {
  json out = json::object();
  const auto tell = [&](const char* key, const auto& old, const auto& value) {
    if (old != value) out[key] = value_of(value);
  };
  tell("percent", before.percent, now.percent);
  tell("done", before.done, now.done);
  tell("total", before.total, now.total);
  tell("unit", before.unit, now.unit);
  tell("indeterminate", before.indeterminate, now.indeterminate);
  tell("condition", before.condition, now.condition);
  tell("stage", before.stage, now.stage);
  tell("message", before.message, now.message);
  tell("steps", before.steps, now.steps);
  return out;
}

}  // namespace taskwire::cli
