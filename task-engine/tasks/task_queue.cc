#include "tasks/task_queue.h"

#include <algorithm>
#include <utility>

namespace taskwire::engine {

void TaskQueue::put(const std::string& user, const AttemptId& attempt) {
  if (const auto place = places_.find(attempt.task_id); place != places_.end()) {
    if (place->second.turn->waiting.at(place->second.number) == attempt) return;
    drop(attempt.task_id);
  }
  auto known = users_.find(user);
  if (known == users_.end()) known = users_.emplace(user, turns_.insert(turns_.end(), {user, {}})).first;
  known->second->waiting.emplace(next_place_, attempt);
  places_.emplace(attempt.task_id, Place{known->second, next_place_++});
}

void TaskQueue::drop(const std::string& task_id) {
  const auto place = places_.find(task_id);
  if (place == places_.end()) return;
  leave(place->second.turn, place->second.number);
  places_.erase(place);
}

std::optional<TaskQueue::Waiting> TaskQueue::take(const std::function<bool(const std::string&)>& may_run) {
  const auto turn = std::find_if(turns_.begin(), turns_.end(), [&](const User& user) { return may_run(user.name); });
  if (turn == turns_.end()) return std::nullopt;
  Waiting next{turn->name, turn->waiting.begin()->second};
  turns_.splice(turns_.end(), turns_, turn);
  drop(next.attempt.task_id);
  return next;
}

void TaskQueue::clear() {
  turns_.clear();
  users_.clear();
  places_.clear();
}

std::size_t TaskQueue::size(const std::string& user) const {
  const auto known = users_.find(user);
  return known == users_.end() ? 0 : known->second->waiting.size();
}

void TaskQueue::leave(Turn turn, std::uint64_t number) {
  turn->waiting.erase(number);
  if (!turn->waiting.empty()) return;
  users_.erase(turn->name);
  turns_.erase(turn);
}

}  // namespace taskwire::engine
