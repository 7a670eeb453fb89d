#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "resume/cursor.h"
#include "view/problem.h"
#include "view/task.h"

namespace taskwire::view {

/// What a task was started with and what it made, for the tasks whose details somebody has opened. Not thread-safe.
class Details {
 public:
  struct Entry {
    bool is_loading = true;
    std::string params;            ///< Indented JSON; empty: not given.
    std::string result;            ///< The same.
    std::string problem;           ///< Why there is nothing, or nothing newer; empty: nothing went wrong.
    std::optional<Cursor> cursor;  ///< Of the task's event that the answer includes.
    Wait wait;
    std::string worker;  ///< As `Task::worker`.
  };

  /// Opens or closes; true where details are now open and have to be asked for.
  bool toggle(const std::string& task_id);
  /// Nothing where they are closed.
  [[nodiscard]] const Entry* find(const std::string& task_id) const;
  /// What came back; ignored where they have been closed since, or where something newer has come back already.
  void take(const std::string& task_id, const Answer& answer);
  /// The tasks whose details are open.
  [[nodiscard]] std::vector<std::string> tasks() const;
  void close(const std::string& task_id) { open_.erase(task_id); }
  void clear() { open_.clear(); }

 private:
  std::map<std::string, Entry> open_;
};

}  // namespace taskwire::view
