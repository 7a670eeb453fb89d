#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "tasks/attempt_id.h"

namespace taskwire::engine {

/// Attempts that wait to run, in the order in which they came; of each task one at most. Not thread-safe.
class TaskQueue {
 public:
  /// Puts an attempt at the end, instead of another one of its task. One that waits already keeps its place.
  void put(const AttemptId& attempt);
  /// Takes out what waits of a task, if anything does.
  void drop(const std::string& task_id);
  /// Takes out the one that has waited longest; nothing where none waits.
  [[nodiscard]] std::optional<AttemptId> take();
  void clear();
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

 private:
  std::map<std::uint64_t, AttemptId> waiting_;
  std::unordered_map<std::string, std::uint64_t> places_;  // by task
  std::uint64_t next_place_ = 0;
};

}  // namespace taskwire::engine
