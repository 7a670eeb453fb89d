#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "tasks/counts.h"
#include "tasks/waiting.h"

namespace taskwire::engine {

/// Attempts that may not begin before a time of the wall clock. Of each task one at most. Not thread-safe.
class DelayedTasks {
 public:
  /// Puts an attempt in, instead of another one of its task.
  void put(SystemTime time, const Waiting& waiting);
  /// Takes out what waits of a task, if anything does.
  void drop(const std::string& task_id);
  /// Takes out the one that was due first, if one is due by `now`; of the same time the one that came first.
  [[nodiscard]] std::optional<Waiting> take_due(SystemTime now);
  void clear();
  /// When the first is due, if there is one.
  [[nodiscard]] std::optional<SystemTime> first() const;
  [[nodiscard]] bool holds(const std::string& task_id) const { return places_.contains(task_id); }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  [[nodiscard]] std::size_t size(const std::string& user) const { return users_.of(user); }
  [[nodiscard]] std::size_t of_type(const std::string& type) const { return types_.of(type); }

 private:
  using ByTime = std::multimap<SystemTime, Waiting>;

  ByTime waiting_;
  std::unordered_map<std::string, ByTime::iterator> places_;  // by task
  Counts users_;
  Counts types_;
};

}  // namespace taskwire::engine
