#include "tasks/transitions.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/timestamp.h"
#include "tasks/task_limits.h"
#include "tasks/update_size.h"

namespace taskwire::engine {
namespace {

constexpr int kMostCrashes = 3;
constexpr int kMostPastAttempts = 20;
constexpr std::size_t kMostPastErrorBytes = 256;

Result<void> check_report(const v1::Task& task, int attempt) {
  if (is_under_way(task, attempt)) return {};
  return refuse(Reason::stale_report, "the attempt that this report is about is over");
}

int percent_of(const v1::Progress& progress) {
  if (progress.total() <= 0) return 0;
  if (progress.done() >= progress.total()) return 100;
  const double part = 100.0 * static_cast<double>(progress.done()) / static_cast<double>(progress.total());
  return std::clamp(static_cast<int>(part), 0, 99);  // 99: the division may round up
}

void end(v1::Task& task, v1::TaskState state, SystemTime now) {
  task.set_state(state);
  task.clear_not_before();
  if (task.has_progress()) {
    task.mutable_progress()->clear_eta_seconds();
    task.mutable_progress()->clear_stalled();
  }
  *task.mutable_end_time() = to_timestamp(now);
}

/// A step that ran when its attempt ended is over with it.
void end_running_step(v1::Progress& progress, v1::StepState state) {
  for (auto& step : *progress.mutable_steps()) {
    if (step.state() != v1::STEP_STATE_RUNNING) continue;
    step.set_state(state);
    if (state == v1::STEP_STATE_DONE) step.set_done(std::max(step.done(), step.total()));
  }
}

v1::TaskError task_error(const Error& error) {
  v1::TaskError made;
  made.set_reason(error.name());
  made.set_message(error.message);
  return made;
}

void fail_with(v1::Task& task, const v1::TaskError& error, SystemTime now) {
  task.mutable_error()->set_reason(error.reason());
  task.mutable_error()->set_message(clean_text(error.message(), kMostTextBytes));
  if (task.has_progress()) end_running_step(*task.mutable_progress(), v1::STEP_STATE_FAILED);
  fit_update(task);
  end(task, v1::TASK_STATE_FAILED, now);
}

void fail_with(v1::Task& task, const Error& error, SystemTime now) {
  fail_with(task, task_error(error), now);
}

/// Keeps what the attempt, which has ended, came to.
void note_attempt(v1::Task& task) {
  auto& past = *task.mutable_past_attempts();
  if (past.size() == kMostPastAttempts) past.DeleteSubrange(0, 1);
  auto& attempt = *past.Add();
  attempt.set_attempt(task.attempt());
  if (task.has_start_time()) *attempt.mutable_start_time() = task.start_time();
  *attempt.mutable_end_time() = task.end_time();
  attempt.set_outcome(task.state());
  if (!task.has_error()) return;
  *attempt.mutable_error() = task.error();
  attempt.mutable_error()->set_message(clean_text(task.error().message(), kMostPastErrorBytes));
}

/// The next attempt of a task.
void next_attempt(v1::Task& task) {
  task.set_state(v1::TASK_STATE_QUEUED);
  task.set_attempt(task.attempt() + 1);
  task.clear_progress();
  task.clear_start_time();
  task.clear_end_time();
  task.clear_error();
  task.clear_worker();
}

/// The next attempt of a task that has ended.
void queue_again(v1::Task& task) {
  note_attempt(task);
  next_attempt(task);
}

}  // namespace

bool has_ended(v1::TaskState state) {
  return state == v1::TASK_STATE_SUCCEEDED || state == v1::TASK_STATE_FAILED || state == v1::TASK_STATE_CANCELLED;
}

std::string_view state_name(v1::TaskState state) {
  switch (state) {
    case v1::TASK_STATE_QUEUED:
      return "queued";
    case v1::TASK_STATE_RUNNING:
      return "running";
    case v1::TASK_STATE_CANCELLING:
      return "cancelling";
    case v1::TASK_STATE_SUCCEEDED:
      return "succeeded";
    case v1::TASK_STATE_FAILED:
      return "failed";
    case v1::TASK_STATE_CANCELLED:
      return "cancelled";
    default:
      return "unknown";
  }
}

bool is_under_way(const v1::Task& task, int attempt) {
  return task.attempt() == attempt &&
         (task.state() == v1::TASK_STATE_RUNNING || task.state() == v1::TASK_STATE_CANCELLING);
}

Result<v1::Task> begin(v1::Task task, int attempt, SystemTime now) {
  if (task.attempt() != attempt || task.state() != v1::TASK_STATE_QUEUED)
    return refuse(Reason::stale_report, "the task does not wait for this attempt");
  task.set_state(v1::TASK_STATE_RUNNING);
  task.clear_not_before();
  *task.mutable_start_time() = to_timestamp(now);
  return task;
}

Result<v1::Task> report(v1::Task task, int attempt, const v1::Progress& progress) {
  if (auto checked = check_report(task, attempt); !checked) return tl::make_unexpected(checked.error());
  const auto percent = task.progress().percent();
  const auto done = task.progress().done();
  auto& next = *task.mutable_progress();
  next = progress;
  next.set_done(std::max(done, progress.done()));
  next.set_percent(std::max(percent, percent_of(next)));
  next.set_stage(clean_text(progress.stage(), kMostTextBytes));
  next.set_message(clean_text(progress.message(), kMostTextBytes));
  next.set_unit(clean_text(progress.unit(), kMostUnitBytes));
  fit_update(task);
  return task;
}

Result<v1::Task> set_progress(v1::Task task, int attempt, const v1::Progress& progress) {
  if (auto checked = check_report(task, attempt); !checked) return tl::make_unexpected(checked.error());
  const auto percent = task.progress().percent();
  *task.mutable_progress() = progress;
  task.mutable_progress()->set_percent(std::max(percent, progress.percent()));
  fit_update(task);
  return task;
}

Result<void> check_tell(const v1::Task& task, int attempt) {
  if (task.attempt() == attempt && task.state() == v1::TASK_STATE_RUNNING) return {};
  return refuse(Reason::stale_report, "the attempt that has something to tell is over");
}

Result<v1::Task> succeed(v1::Task task, int attempt, SystemTime now) {
  if (auto checked = check_report(task, attempt); !checked) return tl::make_unexpected(checked.error());
  auto& progress = *task.mutable_progress();
  progress.set_done(std::max(progress.done(), progress.total()));
  progress.set_percent(100);
  progress.clear_indeterminate();
  end_running_step(progress, v1::STEP_STATE_DONE);
  end(task, v1::TASK_STATE_SUCCEEDED, now);
  return task;
}

Result<v1::Task> fail(v1::Task task, int attempt, const Error& error, SystemTime now) {
  return fail(std::move(task), attempt, task_error(error), now);
}

Result<v1::Task> fail(v1::Task task, int attempt, const v1::TaskError& error, SystemTime now) {
  if (auto checked = check_report(task, attempt); !checked) return tl::make_unexpected(checked.error());
  fail_with(task, error, now);
  return task;
}

bool may_try_again(const v1::Task& task) {
  return task.state() == v1::TASK_STATE_RUNNING && task.attempt() < task.last_attempt();
}

Result<v1::Task> try_again(v1::Task task, int attempt, const Error& error, SystemTime not_before, SystemTime now) {
  return try_again(std::move(task), attempt, task_error(error), not_before, now);
}

Result<v1::Task> try_again(v1::Task task, int attempt, const v1::TaskError& error, SystemTime not_before,
                           SystemTime now) {
  if (!is_under_way(task, attempt) || !may_try_again(task))
    return refuse(Reason::stale_report, "no other attempt may follow this one by itself");
  fail_with(task, error, now);
  queue_again(task);
  task.clear_crashes();
  *task.mutable_not_before() = to_timestamp(not_before);
  return task;
}

Result<v1::Task> stop(v1::Task task, int attempt, SystemTime now) {
  if (task.attempt() != attempt || task.state() != v1::TASK_STATE_CANCELLING)
    return refuse(Reason::stale_report, "this attempt was not asked to stop");
  end(task, v1::TASK_STATE_CANCELLED, now);
  return task;
}

Result<v1::Task> give_up(v1::Task task, int attempt, SystemTime now) {
  if (auto checked = check_report(task, attempt); !checked) return tl::make_unexpected(checked.error());
  end(task, v1::TASK_STATE_CANCELLED, now);
  return task;
}

Result<v1::Task> give_back(v1::Task task, int attempt, SystemTime now) {
  if (auto checked = check_report(task, attempt); !checked) return tl::make_unexpected(checked.error());
  if (task.state() == v1::TASK_STATE_CANCELLING) return give_up(std::move(task), attempt, now);
  next_attempt(task);
  task.set_last_attempt(task.last_attempt() + 1);
  return task;
}

Result<v1::Task> cancel(v1::Task task, SystemTime now) {
  if (has_ended(task.state()))
    return refuse(Reason::task_ended,
                  "the task has ended (" + std::string(state_name(task.state())) + "); there is nothing to cancel");
  if (task.state() == v1::TASK_STATE_QUEUED) {
    end(task, v1::TASK_STATE_CANCELLED, now);
  } else {
    task.set_state(v1::TASK_STATE_CANCELLING);
  }
  return task;
}

Result<v1::Task> retry(v1::Task task) {
  if (task.state() != v1::TASK_STATE_FAILED && task.state() != v1::TASK_STATE_CANCELLED)
    return refuse(Reason::task_not_retryable, "only a failed or cancelled task can be retried; this one is " +
                                                  std::string(state_name(task.state())));
  queue_again(task);
  task.set_last_attempt(task.attempt() + std::max(1, task.max_attempts()) - 1);
  task.clear_crashes();
  return task;
}

Result<void> check_deletable(const v1::Task& task) {
  if (has_ended(task.state())) return {};
  return refuse(Reason::task_not_ended,
                "the task is " + std::string(state_name(task.state())) + "; cancel it and wait until it has ended");
}

bool is_suspect(const v1::Task& task) {
  return task.crashes() >= kMostCrashes - 1;
}

v1::Task interrupt(v1::Task task, Stop stop, bool runs_again, SystemTime now) {
  if (task.state() == v1::TASK_STATE_CANCELLING) {
    end(task, v1::TASK_STATE_CANCELLED, now);
  } else if (task.state() == v1::TASK_STATE_RUNNING) {
    task.set_crashes(stop == Stop::crash ? task.crashes() + 1 : 0);
    const bool has_crashed_too_often = runs_again && task.crashes() >= kMostCrashes;
    fail_with(task,
              has_crashed_too_often
                  ? Error{Reason::engine_crashed,
                          "the engine crashed during " + std::to_string(kMostCrashes) +
                              " attempts in a row, so it does not run the task again by itself; look into the "
                              "engine's log, then retry it"}
                  : Error{Reason::interrupted, "the engine stopped while the task was running; retry it"},
              now);
    if (!runs_again || has_crashed_too_often) return task;
    queue_again(task);
    task.set_last_attempt(std::max(task.attempt(), task.last_attempt() + 1));
  }
  return task;
}

}  // namespace taskwire::engine
