#include "work/leases.h"

namespace taskwire::engine {
std::pair<SteadyTime, Lease::End> Lease::end() const {
  std::pair first{until, End::lost};
  if (time_limit && *time_limit < first.first) first = {*time_limit, End::time_limit};
  if (cancel_until && *cancel_until < first.first) first = {*cancel_until, End::cancel_ignored};
  return first;
}

void Leases::add(const Ptr& lease) {
  by_token_.emplace(lease->token, lease);
  by_attempt_.emplace(lease->what.attempt, lease);
  update(lease);
}

Leases::Ptr Leases::find(const std::string& token) const {
  const auto found = by_token_.find(token);
  return found == by_token_.end() ? nullptr : found->second;
}

Leases::Ptr Leases::find(const AttemptId& attempt) const {
  const auto found = by_attempt_.find(attempt);
  return found == by_attempt_.end() ? nullptr : found->second;
}

std::vector<Leases::Ptr> Leases::of_task(const std::string& task_id, int through) const {
  std::vector<Ptr> found;
  for (auto it = by_attempt_.lower_bound({task_id, 0}); it != by_attempt_.end() && it->first.task_id == task_id; ++it) {
    if (it->first.number > through) break;
    found.push_back(it->second);
  }
  return found;
}

void Leases::remove(const Ptr& lease) {
  if (by_token_.erase(lease->token) == 0) return;
  by_attempt_.erase(lease->what.attempt);
  const auto place = places_.find(lease->token);
  if (place == places_.end()) return;
  due_.erase(place->second);
  places_.erase(place);
}

void Leases::update(const Ptr& lease) {
  if (const auto place = places_.find(lease->token); place != places_.end()) {
    due_.erase(place->second);
    places_.erase(place);
  }
  if (lease->state != Lease::State::live || !by_token_.contains(lease->token)) return;
  const Due due{lease->end().first, lease->token};
  due_.insert(due);
  places_.emplace(lease->token, due);
}

std::vector<Leases::Ptr> Leases::due(SteadyTime now) const {
  std::vector<Ptr> found;
  for (const auto& [time, token] : due_) {
    if (time > now) break;
    found.push_back(by_token_.at(token));
  }
  return found;
}

std::optional<SteadyTime> Leases::first_due() const {
  return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

std::vector<Leases::Ptr> Leases::all() const {
  std::vector<Ptr> found;
  found.reserve(by_token_.size());
  for (const auto& [token, lease] : by_token_) found.push_back(lease);
  return found;
}

}  // namespace taskwire::engine
