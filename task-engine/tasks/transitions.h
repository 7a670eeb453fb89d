#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "taskwire/v1/task.pb.h"

namespace taskwire::engine {

/// The life of a task, pure: each function takes a task as it is and answers it as it becomes, or refuses.
///
///     QUEUED     -> RUNNING | CANCELLED
///     RUNNING    -> SUCCEEDED | FAILED | CANCELLING | QUEUED (next attempt)
///     CANCELLING -> CANCELLED | SUCCEEDED | FAILED
///     FAILED     -> QUEUED
///     CANCELLED  -> QUEUED
///
/// Reports name the attempt that they are about; one about another attempt, or that the state forbids, is refused as
/// `STALE_REPORT`.

[[nodiscard]] bool has_ended(v1::TaskState state);

/// The state's name as people and the HTTP side know it: `queued`.
[[nodiscard]] std::string_view state_name(v1::TaskState state);

// Reports of the runner.

/// Whether the attempt has begun and not ended.
[[nodiscard]] bool is_under_way(const v1::Task& task, int attempt);

/// The attempt begins to run.
[[nodiscard]] Result<v1::Task> begin(v1::Task task, int attempt, SystemTime now);
/// The attempt has come so far. `percent` follows from `done` and `total`; neither it nor `done` ever falls; `message`
/// and `stage` are cut to 4 KiB, `unit` to 128 bytes, and `message` further where the task's event would be too large.
[[nodiscard]] Result<v1::Task> report(v1::Task task, int attempt, const v1::Progress& progress);
/// The attempt of a worker outside has come so far; `progress` is whole, and its texts are clean. `percent` never
/// falls.
[[nodiscard]] Result<v1::Task> set_progress(v1::Task task, int attempt, const v1::Progress& progress);
/// Whether the attempt may tell the owner something: only while the task is RUNNING.
[[nodiscard]] Result<void> check_tell(const v1::Task& task, int attempt);
/// The attempt ended well: all is done, the step that ran too.
[[nodiscard]] Result<v1::Task> succeed(v1::Task task, int attempt, SystemTime now);
/// The attempt failed, and none follows by itself.
[[nodiscard]] Result<v1::Task> fail(v1::Task task, int attempt, const Error& error, SystemTime now);
/// The same, with an error in the words of a worker.
[[nodiscard]] Result<v1::Task> fail(v1::Task task, int attempt, const v1::TaskError& error, SystemTime now);
/// Whether another attempt may follow the present one by itself: it was not asked to stop, and was not the last.
[[nodiscard]] bool may_try_again(const v1::Task& task);
/// The attempt failed, and the next one waits until `not_before`. One after which none may follow is refused.
[[nodiscard]] Result<v1::Task> try_again(v1::Task task, int attempt, const Error& error, SystemTime not_before,
                                         SystemTime now);
/// The same, with an error in the words of a worker.
[[nodiscard]] Result<v1::Task> try_again(v1::Task task, int attempt, const v1::TaskError& error, SystemTime not_before,
                                         SystemTime now);
/// The attempt stopped because it was asked to.
[[nodiscard]] Result<v1::Task> stop(v1::Task task, int attempt, SystemTime now);
/// The attempt stopped, whether it was asked to or not.
[[nodiscard]] Result<v1::Task> give_up(v1::Task task, int attempt, SystemTime now);
/// Whoever was to do the attempt never heard of it: the task is QUEUED as its next attempt, of which as many may follow
/// as before, or CANCELLED where it was asked to stop.
[[nodiscard]] Result<v1::Task> give_back(v1::Task task, int attempt, SystemTime now);

// Commands.

/// Asks the task to stop. One that is CANCELLING already stays as it is. An ended one: `TASK_ENDED`.
[[nodiscard]] Result<v1::Task> cancel(v1::Task task, SystemTime now);
/// Queues a FAILED or CANCELLED task as its next attempt, which as many may follow by themselves as the first. Any
/// other: `TASK_NOT_RETRYABLE`.
[[nodiscard]] Result<v1::Task> retry(v1::Task task);
/// Says whether the task may be forgotten. One that has not ended: `TASK_NOT_ENDED`.
[[nodiscard]] Result<void> check_deletable(const v1::Task& task);

// After a stop of the engine.

/// How the engine's last run ended.
enum class Stop {
  in_order,
  crash,  ///< It was killed, or fell with its machine.
};

/// Whether one more crash of the engine would be the last that the task may have been under way in. Of such tasks one
/// at a time runs, so that it shows which of them it was.
[[nodiscard]] bool is_suspect(const v1::Task& task);

/// What becomes of a task that was under way: CANCELLING is CANCELLED; RUNNING is queued as its next attempt where it
/// `runs_again`, else FAILED `INTERRUPTED`, and FAILED `ENGINE_CRASHED` where this was the third attempt in a row that
/// a crash ended; any other stays as it is.
[[nodiscard]] v1::Task interrupt(v1::Task task, Stop stop, bool runs_again, SystemTime now);

}  // namespace taskwire::engine
