#include "tasks/delayed_tasks.h"

namespace taskwire::engine {

void DelayedTasks::put(SystemTime time, const Waiting& waiting) {
  drop(waiting.attempt.task_id);
  places_.emplace(waiting.attempt.task_id, waiting_.emplace(time, waiting));
  users_.add(waiting.user);
  types_.add(waiting.type);
}

void DelayedTasks::drop(const std::string& task_id) {
  const auto place = places_.find(task_id);
  if (place == places_.end()) return;
  users_.remove(place->second->second.user);
  types_.remove(place->second->second.type);
  waiting_.erase(place->second);
  places_.erase(place);
}

std::optional<Waiting> DelayedTasks::take_due(SystemTime now) {
  if (waiting_.empty() || waiting_.begin()->first > now) return std::nullopt;
  auto next = waiting_.begin()->second;
  drop(next.attempt.task_id);
  return next;
}

void DelayedTasks::clear() {
  waiting_.clear();
  places_.clear();
  users_.clear();
  types_.clear();
}

std::optional<SystemTime> DelayedTasks::first() const {
  return waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->first);
}

}  // namespace taskwire::engine
