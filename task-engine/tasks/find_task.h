#pragma once

#include <string>
#include <utility>

#include "base/error.h"
#include "store/store.h"

namespace taskwire::engine {

[[nodiscard]] inline tl::unexpected<Error> task_not_found() {
  return refuse(Reason::task_not_found, "this user has no such task; list the tasks to see which there are");
}

/// A task as it is, without params, result and past attempts, or `TASK_NOT_FOUND`.
[[nodiscard]] inline Result<v1::Task> find_task(Transaction& transaction, const std::string& task_id) {
  auto task = transaction.task(task_id);
  if (!task) return task_not_found();
  return std::move(*task);
}

/// The same, if it is that user's.
[[nodiscard]] inline Result<v1::Task> find_task(Transaction& transaction, const std::string& user_id,
                                                const std::string& task_id) {
  auto task = find_task(transaction, task_id);
  if (task && task->user_id() != user_id) return task_not_found();
  return task;
}

/// Writes a task, and gives it all that it is not written with. What cannot be read of it fails before anything is
/// written.
inline void put_with_details(Transaction& transaction, v1::Task& task) {
  v1::Task details;
  details.set_task_id(task.task_id());
  transaction.add_details(details);
  transaction.put_task(task);
  if (details.has_params()) task.mutable_params()->Swap(details.mutable_params());
  if (details.has_result()) task.mutable_result()->Swap(details.mutable_result());
  if (task.past_attempts().empty()) task.mutable_past_attempts()->Swap(details.mutable_past_attempts());
}

}  // namespace taskwire::engine
