#include "tasks/suspects.h"

#include <algorithm>
#include <utility>

namespace taskwire::engine {

void Suspects::put(const Waiting& waiting) {
  if (!holds(waiting.attempt.task_id)) waiting_.push_back(waiting);
}

void Suspects::drop(const std::string& task_id) {
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.attempt.task_id == task_id; });
}

std::optional<Waiting> Suspects::take(const std::function<bool(const Waiting&)>& may_run) {
  if (does_one_run_) return std::nullopt;
  const auto next = std::find_if(waiting_.begin(), waiting_.end(), may_run);
  if (next == waiting_.end()) return std::nullopt;
  auto taken = std::move(*next);
  waiting_.erase(next);
  does_one_run_ = true;
  return taken;
}

std::size_t Suspects::size(const std::string& user) const {
  const auto is_of_user = [&](const Waiting& waiting) { return waiting.user == user; };
  return static_cast<std::size_t>(std::count_if(waiting_.begin(), waiting_.end(), is_of_user));
}

bool Suspects::holds(const std::string& task_id) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const Waiting& waiting) { return waiting.attempt.task_id == task_id; });
}

}  // namespace taskwire::engine
