#include "work/lease_changes.h"

#include <utility>

#include "tasks/find_task.h"
#include "tasks/transitions.h"

namespace taskwire::engine {
namespace {

Error error_of(const v1::Task& task, Lease::End why) {
  if (why == Lease::End::time_limit)
    return {Reason::time_limit, "the attempt ran longer than its " + std::to_string(task.time_limit_ms()) +
                                    " ms; start the task with a longer limit, or with less to do"};
  const auto whose = task.worker().empty() ? "who does the work" : "worker '" + task.worker() + '\'';
  return {Reason::worker_lost, "nothing was heard of " + whose +
                                   " for as long as the lease lasts; see whether it runs, then retry the task"};
}

Result<v1::Task> end_attempt(Transaction& transaction, v1::Task task, int attempt, Lease::End why,
                             std::chrono::milliseconds pause) {
  const auto now = transaction.now();
  if (task.state() == v1::TASK_STATE_CANCELLING) return give_up(std::move(task), attempt, now);
  const auto error = error_of(task, why);
  if (why != Lease::End::lost || !may_try_again(task)) return fail(std::move(task), attempt, error, now);
  transaction.add_past_attempts(task);
  return try_again(std::move(task), attempt, error, now + pause, now);
}

}  // namespace

tl::unexpected<Error> lease_lost() {
  return refuse(Reason::lease_lost,
                "this lease is over, or there never was such; stop the work: what becomes of the task is told by its "
                "events");
}

tl::unexpected<Error> not_known() {
  return refuse(Reason::unknown_outcome,
                "whether what was told of this work is written is not known yet; repeat the call in a moment");
}

bool is_held(Transaction& transaction, const std::string& task_id, const std::string& token) {
  const auto kept = transaction.lease(task_id);
  return kept && kept->token == token;
}

bool is_held(Transaction& transaction, const Lease& lease) {
  return is_held(transaction, lease.what.attempt.task_id, lease.token);
}

Result<v1::Task> begin_under_lease(Transaction& transaction, const Lease& lease) {
  const auto& attempt = lease.what.attempt;
  auto task = find_task(transaction, attempt.task_id);
  if (task && is_held(transaction, lease)) {
    transaction.add_details(*task);
    return task;
  }
  task = std::move(task).and_then(
      [&](v1::Task&& found) { return begin(std::move(found), attempt.number, transaction.now()); });
  if (!task) return task;
  task->set_worker(lease.worker);
  put_with_details(transaction, *task);
  transaction.put_lease({attempt.task_id, lease.token, attempt.number, lease.worker});
  return task;
}

Result<v1::Task> end_lease(Transaction& transaction, const Lease& lease, const v1::Progress& progress, Lease::End why,
                           std::chrono::milliseconds pause) {
  const auto attempt = lease.what.attempt.number;
  auto task = find_task(transaction, lease.what.attempt.task_id).and_then([&](v1::Task&& found) {
    return set_progress(std::move(found), attempt, progress);
  });
  if (task) task = end_attempt(transaction, std::move(*task), attempt, why, pause);
  if (!task) return task;
  transaction.put_task(*task);
  transaction.delete_lease(task->task_id());
  return task;
}

Result<v1::Task> give_back_lease(Transaction& transaction, const Lease& lease) {
  auto task = find_task(transaction, lease.what.attempt.task_id).and_then([&](v1::Task&& found) {
    return give_back(std::move(found), lease.what.attempt.number, transaction.now());
  });
  if (!task) return task;
  transaction.put_task(*task);
  transaction.delete_lease(task->task_id());
  return task;
}

}  // namespace taskwire::engine
