#include "tasks/task_queue.h"

#include <algorithm>
#include <utility>

namespace taskwire::engine {

void TaskQueue::put(const Waiting& waiting) {
  const auto& [user_id, type, attempt] = waiting;
  if (const auto place = places_.find(attempt.task_id); place != places_.end()) {
    if (place->second.user->second.lines.at(place->second.type).at(place->second.number) == attempt) return;
    drop(attempt.task_id);
  }
  auto& user = *users_.try_emplace(user_id, User{next_turn_, {}, 0}).first;
  if (user.second.turn == next_turn_) ++next_turn_;
  user.second.lines[type].emplace(next_place_, attempt);
  ++user.second.size;
  turns_[type].emplace(user.second.turn, &user);
  places_.emplace(attempt.task_id, Place{&user, type, next_place_++});
  by_type_.add(type);
}

void TaskQueue::drop(const std::string& task_id) {
  const auto found = places_.find(task_id);
  if (found == places_.end()) return;
  const auto [user, type, number] = std::move(found->second);
  places_.erase(found);
  by_type_.remove(type);
  auto& [turn, lines, size] = user->second;
  const auto line = lines.find(type);
  line->second.erase(number);
  if (line->second.empty()) {
    lines.erase(line);
    const auto turns = turns_.find(type);
    turns->second.erase(turn);
    if (turns->second.empty()) turns_.erase(turns);
  }
  if (--size == 0) users_.erase(users_.find(user->first));
}

std::optional<Waiting> TaskQueue::take(const Room& room) {
  auto* const user = next_user(room);
  if (user == nullptr) return std::nullopt;
  auto& lines = user->second.lines;
  auto first = lines.end();
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    const bool is_earlier = first == lines.end() || line->second.begin()->first < first->second.begin()->first;
    if (is_earlier && room.type(line->first) && room.user(user->first, line->first)) first = line;
  }
  if (first == lines.end()) return std::nullopt;  // there was room a moment ago
  Waiting next{user->first, first->first, first->second.begin()->second};
  to_the_end(*user);
  drop(next.attempt.task_id);
  return next;
}

void TaskQueue::clear() {
  users_.clear();
  turns_.clear();
  places_.clear();
  by_type_.clear();
}

std::size_t TaskQueue::size(const std::string& user) const {
  const auto known = users_.find(user);
  return known == users_.end() ? 0 : known->second.size;
}

std::size_t TaskQueue::position(const std::string& task_id, std::size_t most) const {
  const auto found = places_.find(task_id);
  if (found == places_.end()) return 0;
  const auto& [user, type, number] = found->second;
  std::size_t before = 0;  // of its own user
  const auto& line = user->second.lines.at(type);
  for (auto place = line.begin(); place->first != number; ++place) {
    if (++before >= most) return 0;
  }
  std::size_t position = before + 1;
  for (const auto& [turn, other] : turns_.at(type)) {
    const bool comes_first = turn < user->second.turn;
    if (!comes_first && before == 0) break;
    if (other != user) position += std::min(other->second.lines.at(type).size(), before + (comes_first ? 1 : 0));
    if (position > most) return 0;
  }
  return position;
}

/// Whose turn it is of those who may run something.
TaskQueue::Users::pointer TaskQueue::next_user(const Room& room) const {
  Users::pointer next = nullptr;
  for (const auto& [type, turns] : turns_) {
    if (!room.type(type)) continue;
    for (const auto& [turn, user] : turns) {
      if (next != nullptr && turn > next->second.turn) break;
      if (!room.user(user->first, type)) continue;
      next = user;
      break;
    }
  }
  return next;
}

void TaskQueue::to_the_end(Users::value_type& user) {
  for (const auto& [type, line] : user.second.lines) {
    auto& turns = turns_.at(type);
    turns.erase(user.second.turn);
    turns.emplace(next_turn_, &user);
  }
  user.second.turn = next_turn_++;
}

}  // namespace taskwire::engine
