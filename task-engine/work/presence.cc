#include "work/presence.h"

namespace taskwire::engine {

void Presence::enter(const std::string& type, const std::string& worker) {
  const std::lock_guard lock(mutex_);
  ++types_[type][worker].busy;
}

void Presence::leave(const std::string& type, const std::string& worker) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.steady();
  auto& seen = types_.at(type).at(worker);
  --seen.busy;
  seen.last = now;
  if (now - forgotten_at_ <= moment_) return;
  // Names come from outside, and each may come once.
  forgotten_at_ = now;
  for (auto it = types_.begin(); it != types_.end();) {
    forget_gone(it->second, now);
    it = it->second.empty() ? types_.erase(it) : std::next(it);
  }
}

std::size_t Presence::count(const std::string& type) {
  const std::lock_guard lock(mutex_);
  const auto found = types_.find(type);
  if (found == types_.end()) return 0;
  forget_gone(found->second, clock_.steady());
  return found->second.size();
}

void Presence::forget_gone(Workers& workers, SteadyTime now) const {
  std::erase_if(workers,
                [&](const auto& worker) { return worker.second.busy == 0 && now - worker.second.last > moment_; });
}

}  // namespace taskwire::engine
