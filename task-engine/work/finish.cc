#include "work/finish.h"

#include <utility>

#include "tasks/find_task.h"
#include "tasks/progress_update.h"
#include "tasks/result.h"
#include "tasks/transitions.h"
#include "work/lease_changes.h"
#include "work/output_report.h"

namespace taskwire::engine {
namespace {

constexpr auto kReason = "WORK_FAILED";  // where the worker names none

v1::TaskError error_of_worker(const std::string& reason, const std::string& message) {
  v1::TaskError error;
  error.set_reason(reason.empty() ? kReason : reason);
  error.set_message(message);
  return error;
}

}  // namespace

Finish::Finish(const v1::FinishRequest& request, Leases::Ptr lease, const OutputLimits& limits)
    : request_(request),
      lease_(std::move(lease)),
      limits_(limits),
      result_(check_result(request.result())),
      progress_(lease_ ? updated(lease_->progress, request.progress()) : v1::Progress()) {}

Result<v1::Task> Finish::end(Transaction& transaction, const Catalogue& catalogue, std::uint64_t random) const {
  if (!lease_ || !is_held(transaction, *lease_)) return lease_lost();
  auto task = find_task(transaction, lease_->what.attempt.task_id).and_then([&](v1::Task&& found) {
    return set_progress(std::move(found), lease_->what.attempt.number, progress_);
  });
  if (!task) return lease_lost();
  const auto output = fold_output(transaction, lease_->what.attempt, request_.output(), limits_);
  if (!output) return tl::make_unexpected(output.error());
  if (request_.has_error()) transaction.add_past_attempts(*task);  // another may follow
  const auto pause = pause_after(catalogue, *task, random);
  task = ended(std::move(*task), pause, transaction.now());
  if (!task) return task;
  put_with_details(transaction, *task);
  put_output(transaction, lease_->what.attempt, *output, limits_);
  transaction.delete_lease(task->task_id());
  return task;
}

Result<v1::Task> Finish::ended(v1::Task task, std::chrono::milliseconds pause, SystemTime now) const {
  const auto attempt = lease_->what.attempt.number;
  if (request_.has_cancelled()) return give_up(std::move(task), attempt, now);
  if (request_.has_error()) return failed(std::move(task), pause, now);
  if (!result_) return fail(std::move(task), attempt, result_.error(), now);
  auto done = succeed(std::move(task), attempt, now);
  if (done) *done->mutable_result() = *result_;
  return done;
}

Result<v1::Task> Finish::failed(v1::Task task, std::chrono::milliseconds pause, SystemTime now) const {
  const auto attempt = lease_->what.attempt.number;
  const auto error = error_of_worker(request_.error().reason(), request_.error().message());
  return request_.error().retryable() && may_try_again(task)
             ? try_again(std::move(task), attempt, error, now + pause, now)
             : fail(std::move(task), attempt, error, now);
}

std::string short_answer(v1::Task task) {
  task.clear_params();
  task.clear_result();
  task.clear_past_attempts();
  return task.SerializeAsString();
}

Result<v1::Task> finished_before(Transaction& transaction, const std::string& answer) {
  v1::Task before;
  if (!before.ParseFromString(answer))
    return refuse(Reason::store_failed, "what was answered to this before is damaged in the store; ask for the task");
  const auto now = transaction.task(before.task_id());
  if (now && now->cursor() == before.cursor()) transaction.add_details(before);
  return before;
}

}  // namespace taskwire::engine
