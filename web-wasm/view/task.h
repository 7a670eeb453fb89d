#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "resume/cursor.h"
#include "view/clock.h"

namespace taskwire::view {

enum class TaskState {
  queued,
  running,
  cancelling,
  succeeded,
  failed,
  cancelled,
  unknown,  ///< Of a later version; counts as not ended.
};

inline constexpr std::size_t kTaskStates = 7;

/// What is known of a task, from its last event.
struct Task {
  std::string id;
  std::string user;
  std::string name;  ///< Never empty: the type, or the id, where there is none.
  std::string type;
  TaskState state = TaskState::unknown;
  Cursor cursor;               ///< Of the event that said so.
  int percent = 0;             ///< 0 to 100.
  std::int64_t done = 0;       ///< Not negative, as `total`.
  std::int64_t total = 0;      ///< 0: unknown.
  bool is_unmeasured = false;  ///< How far it is is not known now; `percent` is what it last was.
  std::string unit;
  std::string stage;
  std::string message;
  int attempt = 1;
  int last_attempt = 1;                                                 ///< The last that may begin by itself.
  std::optional<Time> updated, created, started, finished, not_before;  ///< Server time.
  std::string error_reason, error_message;                              ///< Of a failed task.

  [[nodiscard]] bool has_ended() const;
  /// Runs, and nobody knows how long: a bar without a value.
  [[nodiscard]] bool is_indeterminate() const;
  /// How much is done, 0 to 1.
  [[nodiscard]] double fraction() const;
};

/// The word for a state, as in `Task.status` on the wire; `unknown` for an unknown one.
[[nodiscard]] std::string_view state_name(TaskState state);

/// The task that a `taskUpdate` or an answer says, or nothing where id, cursor or user are missing or malformed.
[[nodiscard]] std::optional<Task> decode_task(std::string_view json);

/// That a task is gone.
struct TaskDeleted {
  std::string id;
  std::string user;
  Cursor cursor;
};

/// What a `taskDeleted` says, or nothing where a part is missing or malformed.
[[nodiscard]] std::optional<TaskDeleted> decode_task_deleted(std::string_view json);

}  // namespace taskwire::view
