#include "tasks/task_queue.h"

#include <utility>

namespace taskwire::engine {

void TaskQueue::put(const AttemptId& attempt) {
  const auto place = places_.find(attempt.task_id);
  if (place != places_.end() && waiting_.at(place->second) == attempt) return;
  drop(attempt.task_id);
  waiting_.emplace(next_place_, attempt);
  places_.emplace(attempt.task_id, next_place_++);
}

void TaskQueue::drop(const std::string& task_id) {
  const auto place = places_.find(task_id);
  if (place == places_.end()) return;
  waiting_.erase(place->second);
  places_.erase(place);
}

std::optional<AttemptId> TaskQueue::take() {
  if (waiting_.empty()) return std::nullopt;
  auto first = waiting_.extract(waiting_.begin());
  places_.erase(first.mapped().task_id);
  return std::move(first.mapped());
}

void TaskQueue::clear() {
  waiting_.clear();
  places_.clear();
}

}  // namespace taskwire::engine
