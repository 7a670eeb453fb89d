#include "work/presence.h"

#include <algorithm>

namespace taskwire::engine {

void Presence::enter(const std::string& type, const std::string& worker) {
  const std::lock_guard lock(mutex_);
  auto& workers = types_[type];
  const auto known = workers.find(worker);
  if (known != workers.end()) {
    ++known->second.busy;
  } else if (names_ < kMost) {
    workers[worker].busy = 1;
    ++names_;
  }
}

void Presence::leave(const std::string& type, const std::string& worker) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.steady();
  const auto workers = types_.find(type);
  if (workers != types_.end()) {
    const auto known = workers->second.find(worker);
    if (known != workers->second.end() && known->second.busy > 0) {
      --known->second.busy;
      known->second.last = now;
    }
  }
  if (now - forgotten_at_ > moment_) forget_gone(now);
}

std::size_t Presence::count(const std::string& type) {
  const std::lock_guard lock(mutex_);
  const auto workers = types_.find(type);
  if (workers == types_.end()) return 0;
  const auto now = clock_.steady();
  return static_cast<std::size_t>(std::count_if(workers->second.begin(), workers->second.end(),
                                                [&](const auto& worker) { return is_there(worker.second, now); }));
}

bool Presence::is_any(const std::string& type) {
  const std::lock_guard lock(mutex_);
  const auto workers = types_.find(type);
  if (workers == types_.end()) return false;
  const auto now = clock_.steady();
  return std::any_of(workers->second.begin(), workers->second.end(),
                     [&](const auto& worker) { return is_there(worker.second, now); });
}

bool Presence::is_there(const Seen& seen, SteadyTime now) const {
  return seen.busy > 0 || now - seen.last <= moment_;
}

/// Names come from outside, and each may come once.
void Presence::forget_gone(SteadyTime now) {
  forgotten_at_ = now;
  names_ = 0;
  for (auto it = types_.begin(); it != types_.end();) {
    std::erase_if(it->second, [&](const auto& worker) { return !is_there(worker.second, now); });
    names_ += it->second.size();
    it = it->second.empty() ? types_.erase(it) : std::next(it);
  }
}

}  // namespace taskwire::engine
