#include "commands/progress_report.h"

#include <optional>
#include <string>

#include "tasks/progress_update.h"

namespace taskwire::engine {
namespace {

v1::Condition condition_of(progress::Condition condition) {
  switch (condition) {
    case progress::Condition::paused:
      return v1::CONDITION_PAUSED;
    case progress::Condition::warning:
      return v1::CONDITION_WARNING;
    case progress::Condition::error:
      return v1::CONDITION_ERROR;
    case progress::Condition::none:
      break;
  }
  return v1::CONDITION_UNSPECIFIED;
}

v1::StepState state_of(progress::StepState state) {
  switch (state) {
    case progress::StepState::pending:
      return v1::STEP_STATE_PENDING;
    case progress::StepState::running:
      return v1::STEP_STATE_RUNNING;
    case progress::StepState::done:
      return v1::STEP_STATE_DONE;
    case progress::StepState::failed:
      break;
  }
  return v1::STEP_STATE_FAILED;
}

v1::Steps steps_of(const std::vector<progress::Step>& steps) {
  v1::Steps made;
  for (const auto& step : steps) {
    auto& one = *made.add_steps();
    one.set_name(step.name);
    one.set_state(state_of(step.state));
    one.set_done(step.done.value_or(0));
    one.set_total(step.total.value_or(0));
  }
  return made;
}

}  // namespace

progress::Progress tellable(const progress::Progress& before, progress::Progress now) {
  const auto keep = [&](auto field) {
    progress::Progress alone;
    alone.*field = now.*field;
    if (!check_update(changes({}, alone))) now.*field = before.*field;
  };
  keep(&progress::Progress::percent);
  keep(&progress::Progress::done);
  keep(&progress::Progress::total);
  keep(&progress::Progress::steps);
  return now;
}

v1::ProgressUpdate changes(const progress::Progress& before, const progress::Progress& now) {
  v1::ProgressUpdate update;
  const auto tell = [&update](const char* field, const auto& old, const auto& value, bool is_there, const auto& set) {
    if (old == value) return;
    is_there ? set() : update.add_clear(field);
  };
  tell("percent", before.percent, now.percent, now.percent.has_value(), [&] { update.set_percent(*now.percent); });
  tell("done", before.done, now.done, now.done.has_value(), [&] { update.set_done(*now.done); });
  tell("total", before.total, now.total, now.total.has_value(), [&] { update.set_total(*now.total); });
  tell("unit", before.unit, now.unit, !now.unit.empty(), [&] { update.set_unit(now.unit); });
  tell("indeterminate", before.indeterminate, now.indeterminate, now.indeterminate,
       [&] { update.set_indeterminate(true); });
  tell("condition", before.condition, now.condition, now.condition != progress::Condition::none,
       [&] { update.set_condition(condition_of(now.condition)); });
  tell("stage", before.stage, now.stage, !now.stage.empty(), [&] { update.set_stage(now.stage); });
  tell("message", before.message, now.message, !now.message.empty(), [&] { update.set_message(now.message); });
  tell("steps", before.steps, now.steps, !now.steps.empty(), [&] { *update.mutable_steps() = steps_of(now.steps); });
  return update;
}

}  // namespace taskwire::engine
