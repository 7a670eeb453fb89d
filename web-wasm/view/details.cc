#include "view/details.h"

#include <utility>

#include "view/json.h"

namespace taskwire::view {
namespace {

std::string indented(const Json& value) {
  return value.is(Json::Kind::null) ? std::string() : value.indented();
}

/// Ids of two logs cannot be compared: there the later answer counts.
bool is_older(const std::optional<Cursor>& cursor, const std::optional<Cursor>& than) {
  return cursor && than && cursor->epoch == than->epoch && cursor->sequence < than->sequence;
}

}  // namespace

bool Details::toggle(const std::string& task_id) {
  if (open_.erase(task_id) > 0) return false;
  open_[task_id] = {};
  return true;
}

const Details::Entry* Details::find(const std::string& task_id) const {
  const auto entry = open_.find(task_id);
  return entry == open_.end() ? nullptr : &entry->second;
}

std::vector<std::string> Details::tasks() const {
  std::vector<std::string> tasks;
  for (const auto& [id, entry] : open_) tasks.push_back(id);
  return tasks;
}

void Details::take(const std::string& task_id, const Answer& answer) {
  const auto entry = open_.find(task_id);
  if (entry == open_.end()) return;
  if (!answer.is_ok()) {
    const auto problem = problem_of(answer);
    entry->second.is_loading = false;
    entry->second.problem = problem.detail.empty() ? problem.title : problem.detail;
    return;
  }
  const Json said = Json::parse(answer.body).value_or(Json());
  auto cursor = parse_cursor(said["eventId"].text());
  if (is_older(cursor, entry->second.cursor)) return;
  const auto task = decode_task(answer.body).value_or(Task());
  entry->second = {false,      indented(said["params"]), indented(said["result"]), {}, std::move(cursor), task.wait,
                   task.worker};
}

}  // namespace taskwire::view
