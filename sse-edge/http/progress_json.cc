#include "http/progress_json.h"

#include <algorithm>
#include <array>
#include <utility>

#include "http/json_members.h"

namespace taskwire::edge {
namespace {

using Update = v1::ProgressUpdate;

constexpr std::array<std::pair<v1::Condition, std::string_view>, 3> kConditions = {{
    {v1::CONDITION_PAUSED, "paused"},
    {v1::CONDITION_WARNING, "warning"},
    {v1::CONDITION_ERROR, "error"},
}};

constexpr std::array<std::pair<v1::StepState, std::string_view>, 4> kStepStates = {{
    {v1::STEP_STATE_PENDING, "pending"},
    {v1::STEP_STATE_RUNNING, "running"},
    {v1::STEP_STATE_DONE, "done"},
    {v1::STEP_STATE_FAILED, "failed"},
}};

/// The name of `value`; empty: it has none.
template <class Names, class Value>
std::string_view name_of(const Names& names, Value value) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const auto& one) { return one.first == value; });
  return found == names.end() ? std::string_view() : found->second;
}

/// What `value` names; INVALID_PROGRESS where that is none of `names`.
template <class Names>
Result<typename Names::value_type::first_type> take_named(const nlohmann::json& value, const std::string& name,
                                                          const Names& names) {
  std::string text;
  if (auto taken = take_text(value, name, text); !taken) return tl::unexpected(taken.error());
  const auto found = std::find_if(names.begin(), names.end(), [&](const auto& one) { return one.second == text; });
  if (found != names.end()) return found->first;
  std::string known;
  for (std::size_t i = 0; i < names.size(); ++i) add_name(known, names[i].second, i, names.size());
  return refuse(Reason::invalid_progress, "\"" + name + "\" is one of " + known + ".");
}

Result<void> take_percent(const nlohmann::json& value, const std::string& name, Update& update) {
  if (!value.is_number()) return not_a(name, "a number");
  update.set_percent(value.get<double>());
  return {};
}

constexpr std::array<Member<v1::Step>, 4> kStep = {{
    {"name", text_of<v1::Step, &v1::Step::mutable_name>},
    {"state",
     [](const nlohmann::json& value, const std::string& name, v1::Step& step) {
       return take_named(value, name, kStepStates).map([&](v1::StepState state) { step.set_state(state); });
     }},
    {"done", whole_of<v1::Step, &v1::Step::set_done>},
    {"total", whole_of<v1::Step, &v1::Step::set_total>},
}};

Result<void> take_steps(const nlohmann::json& value, const std::string& name, Update& update) {
  if (!value.is_array()) return not_a(name, "a list of steps");
  auto& steps = *update.mutable_steps();
  for (const auto& one : value) {
    const auto its_name = name + "[" + std::to_string(steps.steps_size()) + "]";
    if (!one.is_object()) return not_a(its_name, "an object");
    auto& step = *steps.add_steps();
    step.set_state(v1::STEP_STATE_PENDING);
    if (auto taken = take_members(one, kStep, step, its_name + "."); !taken) return taken;
  }
  return {};
}

constexpr std::array<Member<Update>, 9> kProgress = {{
    {"done", whole_of<Update, &Update::set_done>},
    {"total", whole_of<Update, &Update::set_total>},
    {"unit", text_of<Update, &Update::mutable_unit>},
    {"percent", take_percent},
    {"indeterminate", bool_of<Update, &Update::set_indeterminate>},
    {"condition",
     [](const nlohmann::json& value, const std::string& name, Update& update) {
       return take_named(value, name, kConditions).map([&](v1::Condition one) { update.set_condition(one); });
     }},
    {"stage", text_of<Update, &Update::mutable_stage>},
    {"message", text_of<Update, &Update::mutable_message>},
    {"steps", take_steps},
}};

}  // namespace

Result<void> read_progress(const nlohmann::json& value, const std::string& name, Update& update) {
  if (!value.is_object()) return not_a(name, "an object");
  nlohmann::json told = nlohmann::json::object();
  for (const auto& [key, member] : value.items()) {
    const bool is_known = std::any_of(kProgress.begin(), kProgress.end(),
                                      [&, wanted = key](const auto& one) { return one.name == wanted; });
    if (member.is_null() && is_known) {
      update.add_clear(key);  // keys and fields have the same names
    } else {
      told[key] = member;
    }
  }
  return take_members(told, kProgress, update, name + ".");
}

void write_progress_details(JsonWriter& json, const v1::Progress& progress) {
  if (progress.indeterminate()) json.member("indeterminate", true);
  if (const auto condition = name_of(kConditions, progress.condition()); !condition.empty())
    json.member("condition", condition);
  if (progress.has_eta_seconds()) json.member("etaSeconds", std::int64_t{progress.eta_seconds()});
  if (progress.stalled()) json.member("stalled", true);
  if (progress.steps().empty()) return;
  json.key("steps").begin_array();
  for (const auto& step : progress.steps()) {
    const auto state = name_of(kStepStates, step.state());
    json.begin_object()
        .member("name", step.name())
        .member("state", state.empty() ? std::string_view("pending") : state)
        .member("done", std::int64_t{step.done()})
        .member("total", std::int64_t{step.total()})
        .end_object();
  }
  json.end_array();
}

}  // namespace taskwire::edge
