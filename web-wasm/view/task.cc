#include "view/task.h"

#include <algorithm>
#include <cmath>

#include "view/foreign_text.h"
#include "view/json.h"

namespace taskwire::view {
namespace {

constexpr std::array<std::string_view, kTaskStates> kStateNames = {"queued", "running",   "cancelling", "succeeded",
                                                                   "failed", "cancelled", "unknown"};

constexpr std::array<std::string_view, Step::kStates> kStepStates = {"pending", "running", "done", "failed"};
constexpr std::array<std::string_view, 4> kConditions = {"", "paused", "warning", "error"};
constexpr std::array<std::string_view, 4> kQueuedBecause = {"", "NO_WORKER", "LIMIT", "NOT_BEFORE"};
constexpr double kMostSecondsLeft = 100.0 * 365 * 86'400;

/// The value whose name stands in `names` at its place; the first for any other name.
template <class Value, std::size_t N>
Value value_of(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto* const found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? Value() : static_cast<Value>(found - names.begin());
}

std::int64_t count_of(const Json& said) {
  return std::max<std::int64_t>(said.whole().value_or(0), 0);
}

TaskState state_of(std::string_view name) {
  const auto* const found = std::find(kStateNames.begin(), kStateNames.end(), name);
  return found == kStateNames.end() ? TaskState::unknown : static_cast<TaskState>(found - kStateNames.begin());
}

int attempt_of(const Json& said) {
  return static_cast<int>(std::clamp<std::int64_t>(said.whole().value_or(1), 1, 1'000'000));
}

std::optional<Millis> left_of(const Json& seconds) {
  const auto number = seconds.number();
  if (!number || !(*number >= 0 && *number <= kMostSecondsLeft)) return std::nullopt;
  return Millis(static_cast<std::int64_t>(*number * 1000));
}

std::vector<Step> steps_of(const Json& said) {
  std::vector<Step> steps;
  for (const auto& step : said.items()) {
    if (steps.size() == Task::kMaxSteps) break;
    steps.push_back({marked(step["name"].text()), value_of<Step::State>(kStepStates, step["state"].text()),
                     count_of(step["done"]), count_of(step["total"])});
  }
  return steps;
}

std::string first_given(std::string name, const std::string& type, const std::string& id) {
  if (!name.empty()) return name;
  return type.empty() ? id : type;
}

}  // namespace

bool Task::has_ended() const {
  return state == TaskState::succeeded || state == TaskState::failed || state == TaskState::cancelled;
}

bool Task::is_under_way() const {
  return state == TaskState::running || state == TaskState::cancelling;
}

bool Task::can_retry() const {
  return (state == TaskState::failed || state == TaskState::cancelled) && type != kOfCaller;
}

bool Task::is_indeterminate() const {
  return is_under_way() && (is_unmeasured || (total == 0 && percent == 0 && steps.empty()));
}

double Task::fraction() const {
  if (state == TaskState::succeeded) return 1;
  if (total == 0) return percent / 100.0;
  const double counted = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  // The counts of a step, or of a stage, are no measure of the whole.
  return std::abs(counted * 100 - percent) <= 1 ? counted : percent / 100.0;
}

std::string_view state_name(TaskState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

std::string_view state_name(Step::State state) {
  return kStepStates[static_cast<std::size_t>(state)];
}

std::optional<Task> decode_task(std::string_view json) {
  const Json said = Json::parse(json).value_or(Json());
  auto cursor = parse_cursor(said["eventId"].text());
  Task task;
  task.id = said["taskId"].text();
  task.user = said["userId"].text();
  if (!cursor || task.id.empty() || task.user.empty()) return std::nullopt;
  task.cursor = *std::move(cursor);
  task.type = marked(said["type"].text());
  task.name = first_given(marked(said["taskName"].text()), task.type, task.id);
  task.state = state_of(said["status"].text());
  task.percent = static_cast<int>(std::clamp<std::int64_t>(said["progressPercentage"].whole().value_or(0), 0, 100));
  task.done = count_of(said["done"]);
  task.total = count_of(said["total"]);
  task.is_unmeasured = said["indeterminate"].text() == "true";
  task.is_stalled = said["stalled"].text() == "true";
  task.condition = value_of<Condition>(kConditions, said["condition"].text());
  task.left = left_of(said["etaSeconds"]);
  task.steps = steps_of(said["steps"]);
  task.unit = marked(said["unit"].text());
  task.stage = marked(said["stage"].text());
  task.message = marked(said["message"].text());
  task.attempt = attempt_of(said["attempt"]);
  task.last_attempt = attempt_of(said["lastAttempt"]);
  task.updated = parse_time(said["timestamp"].text());
  task.created = parse_time(said["createdAt"].text());
  task.started = parse_time(said["startedAt"].text());
  task.finished = parse_time(said["finishedAt"].text());
  task.not_before = parse_time(said["notBefore"].text());
  const Json& error = said["error"];
  task.error_reason = marked(error["reason"].text());
  task.error_message = marked(error["message"].text());
  task.wait = {value_of<QueuedBecause>(kQueuedBecause, said["queuedBecause"].text()), count_of(said["queuePosition"])};
  task.worker = marked(said["worker"].text());
  return task;
}

std::optional<TaskDeleted> decode_task_deleted(std::string_view json) {
  const Json said = Json::parse(json).value_or(Json());
  auto cursor = parse_cursor(said["eventId"].text());
  TaskDeleted deleted{said["taskId"].text(), said["userId"].text(), {}};
  if (!cursor || deleted.id.empty() || deleted.user.empty()) return std::nullopt;
  deleted.cursor = *std::move(cursor);
  return deleted;
}

}  // namespace taskwire::view
