#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "tasks/waiting.h"

namespace taskwire::engine {

/// Attempts of tasks that were under way in crash after crash of the engine (`is_suspect`), in the order in which they
/// came: one at a time runs. Not thread-safe.
class Suspects {
 public:
  /// One of a task that waits already keeps its place.
  void put(const Waiting& waiting);
  /// Takes out what waits of a task, if anything does.
  void drop(const std::string& task_id);
  void clear() { waiting_.clear(); }
  /// Takes out the first that may run; nothing while another one runs.
  [[nodiscard]] std::optional<Waiting> take(const std::function<bool(const Waiting&)>& may_run);
  /// The one that was taken out has ended.
  void end() { does_one_run_ = false; }
  [[nodiscard]] bool holds(const std::string& task_id) const;
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  [[nodiscard]] std::size_t size(const std::string& user) const;

 private:
  std::deque<Waiting> waiting_;
  bool does_one_run_ = false;
};

}  // namespace taskwire::engine
