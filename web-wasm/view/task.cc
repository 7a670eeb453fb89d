#include "view/task.h"

#include <algorithm>
#include <cmath>

#include "view/foreign_text.h"
#include "view/json.h"

namespace taskwire::view {
namespace {

constexpr std::array<std::string_view, kTaskStates> kStateNames = {"queued", "running",   "cancelling", "succeeded",
                                                                   "failed", "cancelled", "unknown"};

TaskState state_of(std::string_view name) {
  const auto* const found = std::find(kStateNames.begin(), kStateNames.end(), name);
  return found == kStateNames.end() ? TaskState::unknown : static_cast<TaskState>(found - kStateNames.begin());
}

int attempt_of(const Json& said) {
  return static_cast<int>(std::clamp<std::int64_t>(said.whole().value_or(1), 1, 1'000'000));
}

std::string first_given(std::string name, const std::string& type, const std::string& id) {
  if (!name.empty()) return name;
  return type.empty() ? id : type;
}

}  // namespace

bool Task::has_ended() const {
  return state == TaskState::succeeded || state == TaskState::failed || state == TaskState::cancelled;
}

bool Task::is_indeterminate() const {
  const bool runs = state == TaskState::running || state == TaskState::cancelling;
  return runs && (is_unmeasured || (total == 0 && percent == 0));
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
  task.done = std::max<std::int64_t>(said["done"].whole().value_or(0), 0);
  task.total = std::max<std::int64_t>(said["total"].whole().value_or(0), 0);
  task.is_unmeasured = said["indeterminate"].text() == "true";
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
