#include "tasks/progress_update.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "base/text.h"
#include "tasks/task_limits.h"

namespace taskwire::engine {
namespace {

constexpr std::int64_t kMostUnits = std::int64_t{1} << 53;  // exact in JSON
constexpr int kMostSteps = 50;
constexpr std::size_t kMostStepNameBytes = 128;
constexpr int kAlmost = 99;

constexpr std::array<std::string_view, 9> kFields = {"done",      "total", "unit",    "percent", "indeterminate",
                                                     "condition", "stage", "message", "steps"};

Result<void> wrong(const std::string& what) {
  return refuse(Reason::invalid_progress, what);
}

Result<void> check_count(const std::string& name, std::int64_t count) {
  if (count >= 0 && count <= kMostUnits) return {};
  return wrong(name + " is 0 to 9,007,199,254,740,992 (2^53), not " + std::to_string(count));
}

Result<void> check_step(const v1::Step& step, const std::string& which) {
  if (step.name().empty() || step.name().size() > kMostStepNameBytes || !is_utf8(step.name()) ||
      has_control(step.name()))
    return wrong(which + ": its name is 1 to 128 bytes of UTF-8 without control characters");
  if (!v1::StepState_IsValid(step.state()))
    return wrong(which + ": it has no such state; take pending, running, done or failed");
  return check_count(which + ": done", step.done()).and_then([&] {
    return check_count(which + ": total", step.total());
  });
}

v1::Step* running_step(v1::Progress& progress) {
  auto& steps = *progress.mutable_steps();
  const auto running = std::find_if(steps.begin(), steps.end(),
                                    [](const v1::Step& step) { return step.state() == v1::STEP_STATE_RUNNING; });
  return running == steps.end() ? nullptr : &*running;
}

std::string running_step_name(v1::Progress& progress) {
  const auto* const step = running_step(progress);
  return step == nullptr ? std::string() : step->name();
}

/// How much of a part is done, 0 to 1.
double part_of(std::int64_t done, std::int64_t total) {
  return total <= 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
}

double part_of(const v1::Step& step) {
  return step.state() == v1::STEP_STATE_DONE ? 1 : part_of(step.done(), step.total());
}

/// Whole per cent, of which 100 only where nothing is missing.
int whole_percent(double percent) {
  return percent >= 100 ? 100 : std::clamp(static_cast<int>(percent), 0, kAlmost);
}

int counted_percent(const v1::Progress& progress) {
  if (progress.steps().empty()) return whole_percent(100 * part_of(progress.done(), progress.total()));
  double sum = 0;
  for (const auto& step : progress.steps()) sum += part_of(step);
  return whole_percent(100 * sum / progress.steps().size());
}

bool clears(const v1::ProgressUpdate& update, std::string_view field) {
  return std::find(update.clear().begin(), update.clear().end(), field) != update.clear().end();
}

void clear(v1::Progress& progress, const v1::ProgressUpdate& update) {
  if (clears(update, "done")) progress.clear_done();
  if (clears(update, "total")) progress.clear_total();
  if (clears(update, "unit")) progress.clear_unit();
  if (clears(update, "percent")) progress.clear_percent_is_told();
  if (clears(update, "indeterminate")) progress.clear_indeterminate();
  if (clears(update, "condition")) progress.clear_condition();
  if (clears(update, "stage")) progress.clear_stage();
  if (clears(update, "message")) progress.clear_message();
  if (clears(update, "steps")) progress.clear_steps();
}

void set_texts(v1::Progress& progress, const v1::ProgressUpdate& update) {
  if (update.has_unit()) progress.set_unit(clean_text(update.unit(), kMostUnitBytes));
  if (update.has_stage()) progress.set_stage(clean_text(update.stage(), kMostTextBytes));
  if (update.has_message()) progress.set_message(clean_text(update.message(), kMostTextBytes));
}

void set_steps(v1::Progress& progress, const v1::ProgressUpdate& update) {
  if (!update.has_steps()) return;
  *progress.mutable_steps() = update.steps().steps();
  for (auto& step : *progress.mutable_steps()) {
    if (step.state() == v1::STEP_STATE_UNSPECIFIED) step.set_state(v1::STEP_STATE_PENDING);
  }
}

/// What may let `done` fall.
struct Change {
  bool is_another_step;
  bool is_another_stage;
};

bool has_counts(const v1::Step* step) {
  return step != nullptr && (step->done() > 0 || step->total() > 0);
}

/// Sets the counts, which are those of the step that runs: as it tells them itself, else as they are told for the
/// whole.
void set_counts(v1::Progress& progress, const v1::ProgressUpdate& update, Change change, std::int64_t before) {
  auto* const step = running_step(progress);
  const bool is_told_by_step = update.has_steps() && has_counts(step);
  const bool has_another_total = !is_told_by_step && update.has_total() && update.total() != progress.total();
  if (step != nullptr && change.is_another_step) {
    progress.clear_done();
    progress.clear_total();
  }
  if (is_told_by_step || update.has_total()) progress.set_total(is_told_by_step ? step->total() : update.total());
  if (is_told_by_step || update.has_done()) progress.set_done(is_told_by_step ? step->done() : update.done());
  const bool may_fall = change.is_another_step || change.is_another_stage || has_another_total ||
                        clears(update, "done") || clears(update, "total");
  if (progress.done() < before && may_fall) progress.set_began_anew(true);
  if (!may_fall) progress.set_done(std::max(before, progress.done()));
  if (step == nullptr) return;
  step->set_done(progress.done());
  step->set_total(progress.total());
}

}  // namespace

Result<void> check_update(const v1::ProgressUpdate& update) {
  if (auto checked = check_count("done", update.done()); !checked) return checked;
  if (auto checked = check_count("total", update.total()); !checked) return checked;
  if (!(update.percent() >= 0 && update.percent() <= 100))
    return wrong("percent is 0 to 100; leave it out where it is not known");
  if (!v1::Condition_IsValid(update.condition()))
    return wrong("there is no such condition; take paused, warning or error, or leave it out");
  if (update.steps().steps_size() > kMostSteps)
    return wrong("there are at most 50 steps, not " + std::to_string(update.steps().steps_size()));
  for (int i = 0; i < update.steps().steps_size(); ++i) {
    if (auto checked = check_step(update.steps().steps(i), "step " + std::to_string(i + 1)); !checked) return checked;
  }
  for (const auto& field : update.clear()) {
    if (std::find(kFields.begin(), kFields.end(), field) == kFields.end())
      return wrong(
          "there is no '" + clean_text(field, kMostStepNameBytes) +
          "' to clear; there are done, total, unit, percent, indeterminate, condition, stage, message and steps");
  }
  return {};
}

v1::Progress updated(v1::Progress progress, const v1::ProgressUpdate& update) {
  const auto stage = progress.stage();
  const auto step = running_step_name(progress);
  const auto percent = progress.percent();
  const auto done = progress.done();
  clear(progress, update);
  set_texts(progress, update);
  set_steps(progress, update);
  if (update.has_condition()) progress.set_condition(update.condition());
  if (update.has_indeterminate()) progress.set_indeterminate(update.indeterminate());
  set_counts(progress, update, {running_step_name(progress) != step, progress.stage() != stage}, done);
  if (update.has_percent()) progress.set_percent_is_told(true);
  int next = percent;
  if (update.has_percent()) {
    next = whole_percent(update.percent());
  } else if (!progress.percent_is_told() && !progress.indeterminate()) {
    next = counted_percent(progress);
    if (progress.began_anew() && progress.steps().empty()) next = std::min(next, kAlmost);
  }
  progress.set_percent(std::max(percent, next));
  return progress;
}

bool is_lasting_change(const v1::Progress& before, const v1::Progress& after) {
  const auto is_same = [](const v1::Step& one, const v1::Step& other) {
    return one.name() == other.name() && one.state() == other.state();
  };
  return before.stage() != after.stage() || before.condition() != after.condition() ||
         before.indeterminate() != after.indeterminate() ||
         !std::equal(before.steps().begin(), before.steps().end(), after.steps().begin(), after.steps().end(), is_same);
}

}  // namespace taskwire::engine
