#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// What holds up work that is under way.
enum class Condition {
  none,
  paused,   ///< It waits, on purpose.
  warning,  ///< It goes on, with trouble.
  error,    ///< It cannot go on at present.
};

/// Why a queued task waits.
enum class QueuedBecause {
  unknown,
  no_worker,   ///< Nobody is there who does such work.
  limit,       ///< As many run as may.
  not_before,  ///< Its time has not come.
};

/// What only answers say of a queued task.
struct Wait {
  QueuedBecause because = QueuedBecause::unknown;
  std::int64_t place = 0;  ///< In the queue, from 1; 0: unknown.
};

/// A part of a task's work.
struct Step {
  enum class State { pending, running, done, failed };
  static constexpr std::size_t kStates = 4;

  std::string name;
  State state = State::pending;
  std::int64_t done = 0;   ///< Not negative, as `total`.
  std::int64_t total = 0;  ///< 0: unknown.

  friend bool operator==(const Step&, const Step&) = default;
};

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
  bool is_stalled = false;     ///< Nothing was heard of it for longer than is its habit.
  Condition condition = Condition::none;
  std::optional<Millis> left;  ///< How long it took, when it was updated, until its end.
  std::string unit;
  std::string stage;
  std::string message;
  std::vector<Step> steps;  ///< At most `kMaxSteps`.
  int attempt = 1;
  int last_attempt = 1;                                                 ///< The last that may begin by itself.
  std::optional<Time> updated, created, started, finished, not_before;  ///< Server time.
  std::string error_reason, error_message;                              ///< Of a failed task.
  Wait wait;
  std::string worker;  ///< Who does, or did, the present attempt; only answers say so. May be empty.

  static constexpr std::size_t kMaxSteps = 50;

  [[nodiscard]] bool has_ended() const;
  /// It runs, or is being cancelled.
  [[nodiscard]] bool is_under_way() const;
  /// It failed or was cancelled, and may be taken up again by anyone.
  [[nodiscard]] bool can_retry() const;
  /// It is under way, and nobody knows how far: a bar without a value.
  [[nodiscard]] bool is_indeterminate() const;
  /// How much is done, 0 to 1.
  [[nodiscard]] double fraction() const;
};

/// The type of work that whoever starts it does: nobody else can start it, or take it up again.
inline constexpr std::string_view kOfCaller = "external";

/// The word for a state, as in `Task.status` on the wire; `unknown` for an unknown one.
[[nodiscard]] std::string_view state_name(TaskState state);
[[nodiscard]] std::string_view state_name(Step::State state);

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
