#include "tasks/transitions.h"

#include <gtest/gtest.h>
#include <map>
#include <string>

#include "base/timestamp.h"

namespace taskwire::engine {
namespace {

const SystemTime kAtThatTime{std::chrono::hours(500'000)};

v1::Task task_in(v1::TaskState state) {
  v1::Task task;
  task.set_task_id("k3v7qm2xw5ta");
  task.set_state(state);
  task.set_attempt(2);
  task.mutable_progress()->set_done(60);
  task.mutable_progress()->set_total(100);
  task.mutable_progress()->set_percent(60);
  return task;
}

v1::Progress progress(std::int64_t done, std::int64_t total) {
  v1::Progress progress;
  progress.set_done(done);
  progress.set_total(total);
  return progress;
}

/// Where each command and report leads from each state; an upper-case word is a refusal.
TEST(Transitions, LeadFromEachStateByEachCommandWhereTheDesignSays) {
  using Outcome = Result<v1::Task>;
  const std::map<std::string, std::function<Outcome(v1::Task)>> commands = {
      {"begin", [](v1::Task task) { return begin(std::move(task), 2, kAtThatTime); }},
      {"report", [](v1::Task task) { return report(std::move(task), 2, progress(70, 100)); }},
      {"tell", [](v1::Task task) { return check_tell(task, 2).map([&] { return task; }); }},
      {"succeed", [](v1::Task task) { return succeed(std::move(task), 2, kAtThatTime); }},
      {"fail",
       [](v1::Task task) {
         return fail(std::move(task), 2, {Reason::internal, "x"}, kAtThatTime);
       }},
      {"try again",
       [](v1::Task task) {
         task.set_last_attempt(3);
         return try_again(std::move(task), 2, {Reason::internal, "x"}, kAtThatTime, kAtThatTime);
       }},
      {"stop", [](v1::Task task) { return stop(std::move(task), 2, kAtThatTime); }},
      {"cancel", [](v1::Task task) { return cancel(std::move(task), kAtThatTime); }},
      {"retry", [](v1::Task task) { return retry(std::move(task)); }},
      {"interrupt", [](v1::Task task) { return Outcome(interrupt(std::move(task), Stop::crash, false, kAtThatTime)); }},
      {"requeue", [](v1::Task task) { return Outcome(interrupt(std::move(task), Stop::crash, true, kAtThatTime)); }},
      {"delete", [](v1::Task task) { return check_deletable(task).map([&] { return task; }); }},
  };
  const std::map<v1::TaskState, std::map<std::string, std::string>> expected = {
      {v1::TASK_STATE_QUEUED,
       {{"begin", "running"},
        {"report", "STALE_REPORT"},
        {"tell", "STALE_REPORT"},
        {"succeed", "STALE_REPORT"},
        {"fail", "STALE_REPORT"},
        {"try again", "STALE_REPORT"},
        {"stop", "STALE_REPORT"},
        {"cancel", "cancelled"},
        {"retry", "TASK_NOT_RETRYABLE"},
        {"interrupt", "queued"},
        {"requeue", "queued"},
        {"delete", "TASK_NOT_ENDED"}}},
      {v1::TASK_STATE_RUNNING,
       {{"begin", "STALE_REPORT"},
        {"report", "running"},
        {"tell", "running"},
        {"succeed", "succeeded"},
        {"fail", "failed"},
        {"try again", "queued"},
        {"stop", "STALE_REPORT"},
        {"cancel", "cancelling"},
        {"retry", "TASK_NOT_RETRYABLE"},
        {"interrupt", "failed"},
        {"requeue", "queued"},
        {"delete", "TASK_NOT_ENDED"}}},
      {v1::TASK_STATE_CANCELLING,
       {{"begin", "STALE_REPORT"},
        {"report", "cancelling"},
        {"tell", "STALE_REPORT"},
        {"succeed", "succeeded"},
        {"fail", "failed"},
        {"try again", "STALE_REPORT"},
        {"stop", "cancelled"},
        {"cancel", "cancelling"},
        {"retry", "TASK_NOT_RETRYABLE"},
        {"interrupt", "cancelled"},
        {"requeue", "cancelled"},
        {"delete", "TASK_NOT_ENDED"}}},
      {v1::TASK_STATE_SUCCEEDED,
       {{"begin", "STALE_REPORT"},
        {"report", "STALE_REPORT"},
        {"tell", "STALE_REPORT"},
        {"succeed", "STALE_REPORT"},
        {"fail", "STALE_REPORT"},
        {"try again", "STALE_REPORT"},
        {"stop", "STALE_REPORT"},
        {"cancel", "TASK_ENDED"},
        {"retry", "TASK_NOT_RETRYABLE"},
        {"interrupt", "succeeded"},
        {"requeue", "succeeded"},
        {"delete", "succeeded"}}},
      {v1::TASK_STATE_FAILED,
       {{"begin", "STALE_REPORT"},
        {"report", "STALE_REPORT"},
        {"tell", "STALE_REPORT"},
        {"succeed", "STALE_REPORT"},
        {"fail", "STALE_REPORT"},
        {"try again", "STALE_REPORT"},
        {"stop", "STALE_REPORT"},
        {"cancel", "TASK_ENDED"},
        {"retry", "queued"},
        {"interrupt", "failed"},
        {"requeue", "failed"},
        {"delete", "failed"}}},
      {v1::TASK_STATE_CANCELLED,
       {{"begin", "STALE_REPORT"},
        {"report", "STALE_REPORT"},
        {"tell", "STALE_REPORT"},
        {"succeed", "STALE_REPORT"},
        {"fail", "STALE_REPORT"},
        {"try again", "STALE_REPORT"},
        {"stop", "STALE_REPORT"},
        {"cancel", "TASK_ENDED"},
        {"retry", "queued"},
        {"interrupt", "cancelled"},
        {"requeue", "cancelled"},
        {"delete", "cancelled"}}},
  };
  for (const auto& [state, row] : expected) {
    ASSERT_EQ(row.size(), commands.size());
    for (const auto& [name, command] : commands) {
      const auto outcome = command(task_in(state));
      const std::string got = outcome ? std::string(state_name(outcome->state())) : outcome.error().name();
      EXPECT_EQ(got, row.at(name)) << state_name(state) << " by " << name;
    }
  }
}

TEST(Transitions, RefuseReportsOfAnotherAttempt) {
  const auto running = task_in(v1::TASK_STATE_RUNNING);
  for (const int attempt : {1, 3}) {
    EXPECT_FALSE(begin(task_in(v1::TASK_STATE_QUEUED), attempt, kAtThatTime));
    EXPECT_FALSE(report(running, attempt, progress(70, 100)));
    EXPECT_FALSE(succeed(running, attempt, kAtThatTime));
    EXPECT_FALSE(fail(running, attempt, {Reason::internal, "x"}, kAtThatTime));
    EXPECT_FALSE(try_again(running, attempt, {Reason::internal, "x"}, kAtThatTime, kAtThatTime));
    EXPECT_FALSE(stop(task_in(v1::TASK_STATE_CANCELLING), attempt, kAtThatTime));
  }
}

TEST(Transitions, DerivePercentFromDoneAndTotal) {
  auto task = task_in(v1::TASK_STATE_RUNNING);
  task.clear_progress();
  EXPECT_EQ(report(task, 2, progress(1, 3))->progress().percent(), 33);
  EXPECT_EQ(report(task, 2, progress(3, 3))->progress().percent(), 100);
  EXPECT_EQ(report(task, 2, progress(5, 3))->progress().percent(), 100);
  EXPECT_EQ(report(task, 2, progress(7, 0))->progress().percent(), 0);
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(report(task, 2, progress(kMost - 1, kMost))->progress().percent(), 99);
}

TEST(Transitions, NeverLetProgressFallWithinAnAttempt) {
  const auto running = task_in(v1::TASK_STATE_RUNNING);
  const auto fallen = report(running, 2, progress(10, 100));
  EXPECT_EQ(fallen->progress().done(), 60);
  EXPECT_EQ(fallen->progress().percent(), 60);
  const auto longer = report(running, 2, progress(70, 1000));
  EXPECT_EQ(longer->progress().done(), 70);
  EXPECT_EQ(longer->progress().percent(), 60);
}

TEST(Transitions, CutLongTextBetweenCharacters) {
  auto long_text = progress(70, 100);
  long_text.set_message(std::string(4095, 'm') + "é");
  long_text.set_stage("bad \xff byte");
  const auto task = report(task_in(v1::TASK_STATE_RUNNING), 2, long_text);
  EXPECT_EQ(task->progress().message(), std::string(4095, 'm'));
  EXPECT_EQ(task->progress().stage(), "bad ? byte");
}

TEST(Transitions, SetTheTimesAndTheErrorOfAnEnd) {
  const auto failed = fail(task_in(v1::TASK_STATE_RUNNING), 2, {Reason::simulated_failure, "it broke"}, kAtThatTime);
  EXPECT_EQ(failed->end_time().seconds(), to_timestamp(kAtThatTime).seconds());
  EXPECT_EQ(failed->error().reason(), "SIMULATED_FAILURE");
  EXPECT_EQ(failed->error().message(), "it broke");
  const auto interrupted = interrupt(task_in(v1::TASK_STATE_RUNNING), Stop::in_order, false, kAtThatTime);
  EXPECT_EQ(interrupted.error().reason(), "INTERRUPTED");
  EXPECT_TRUE(interrupted.has_end_time());
  const auto done = succeed(task_in(v1::TASK_STATE_RUNNING), 2, kAtThatTime);
  EXPECT_EQ(done->progress().percent(), 100);
  EXPECT_EQ(done->progress().done(), 100);
}

TEST(Transitions, EndTheStepThatRan) {
  auto task = task_in(v1::TASK_STATE_RUNNING);
  task.mutable_progress()->set_indeterminate(true);
  for (const auto state : {v1::STEP_STATE_FAILED, v1::STEP_STATE_RUNNING, v1::STEP_STATE_PENDING}) {
    auto& step = *task.mutable_progress()->add_steps();
    step.set_state(state);
    step.set_total(5);
  }
  const auto well = succeed(task, 2, kAtThatTime);
  EXPECT_FALSE(well->progress().indeterminate());
  EXPECT_EQ(well->progress().steps(0).state(), v1::STEP_STATE_FAILED);
  EXPECT_EQ(well->progress().steps(1).state(), v1::STEP_STATE_DONE);
  EXPECT_EQ(well->progress().steps(1).done(), 5);
  EXPECT_EQ(well->progress().steps(2).state(), v1::STEP_STATE_PENDING);
  const auto badly = fail(task, 2, Error{Reason::interrupted, "The engine stopped."}, kAtThatTime);
  EXPECT_EQ(badly->progress().steps(1).state(), v1::STEP_STATE_FAILED);
  EXPECT_EQ(badly->progress().steps(1).done(), 0);
}

TEST(Transitions, BeginTheNextAttemptWithNothingOfTheLast) {
  const auto failed =
      fail(*begin(task_in(v1::TASK_STATE_QUEUED), 2, kAtThatTime), 2, {Reason::internal, "x"}, kAtThatTime);
  const auto again = retry(*failed);
  EXPECT_EQ(again->attempt(), 3);
  EXPECT_FALSE(again->has_progress());
  EXPECT_FALSE(again->has_start_time());
  EXPECT_FALSE(again->has_end_time());
  EXPECT_FALSE(again->has_error());
  EXPECT_EQ(interrupt(task_in(v1::TASK_STATE_RUNNING), Stop::crash, true, kAtThatTime).attempt(), 3);
}

TEST(Transitions, RunNoTaskAgainThatThreeCrashesInARowEnded) {
  auto task = task_in(v1::TASK_STATE_QUEUED);
  const auto crash = [&](Stop stop) {
    task = interrupt(*begin(task, task.attempt(), kAtThatTime), stop, true, kAtThatTime);
    return std::string(state_name(task.state())) + " " + std::to_string(task.crashes());
  };
  EXPECT_EQ(crash(Stop::crash), "queued 1");
  EXPECT_EQ(crash(Stop::crash), "queued 2");
  EXPECT_EQ(crash(Stop::in_order), "queued 0") << "not in a row";
  EXPECT_EQ(crash(Stop::crash), "queued 1");
  EXPECT_EQ(crash(Stop::crash), "queued 2");
  EXPECT_EQ(crash(Stop::crash), "failed 3");
  EXPECT_EQ(task.error().reason(), "ENGINE_CRASHED");
  EXPECT_TRUE(task.has_end_time());
  task = *retry(task);
  EXPECT_EQ(crash(Stop::crash), "queued 1");
}

TEST(Transitions, GrantNoMoreAttemptsThanTheTaskHas) {
  auto task = task_in(v1::TASK_STATE_QUEUED);
  task.set_attempt(1);
  task.set_max_attempts(3);
  task.set_last_attempt(3);
  const auto fail_once = [&] {
    task = *begin(std::move(task), task.attempt(), kAtThatTime);
    const bool may = may_try_again(task);
    const Error error{Reason::simulated_failure, "it broke"};
    task = may ? *try_again(task, task.attempt(), error, kAtThatTime, kAtThatTime)
               : *fail(task, task.attempt(), error, kAtThatTime);
    return std::string(state_name(task.state())) + " " + std::to_string(task.attempt());
  };
  EXPECT_EQ(fail_once(), "queued 2");
  EXPECT_EQ(fail_once(), "queued 3");
  EXPECT_EQ(fail_once(), "failed 3");
  task = *retry(task);
  EXPECT_EQ(task.last_attempt(), 6) << "by hand: as many anew";
  EXPECT_EQ(fail_once(), "queued 5");
  EXPECT_EQ(fail_once(), "queued 6");
  EXPECT_EQ(fail_once(), "failed 6");
}

TEST(Transitions, DoNotCountAnAttemptThatTheEnginesStopEnded) {
  auto task = task_in(v1::TASK_STATE_RUNNING);
  task.set_max_attempts(2);
  task.set_last_attempt(2);
  EXPECT_FALSE(may_try_again(task));
  task = interrupt(task, Stop::in_order, true, kAtThatTime);
  EXPECT_EQ(task.attempt(), 3);
  EXPECT_EQ(task.last_attempt(), 3);
  task.set_last_attempt(0);  // as engines wrote it that knew no such attempts
  task.set_state(v1::TASK_STATE_RUNNING);
  EXPECT_FALSE(may_try_again(task));
  EXPECT_EQ(interrupt(task, Stop::in_order, true, kAtThatTime).last_attempt(), 4);
}

TEST(Transitions, LetTheNextAttemptWaitUntilItsTime) {
  auto task = task_in(v1::TASK_STATE_RUNNING);
  task.set_last_attempt(3);
  task.set_crashes(1);
  const auto then = kAtThatTime + std::chrono::hours(1);
  const auto waiting = try_again(task, 2, {Reason::simulated_failure, "it broke"}, then, kAtThatTime);
  EXPECT_EQ(waiting->not_before().seconds(), to_timestamp(then).seconds());
  EXPECT_EQ(waiting->crashes(), 0) << "not in a row";
  EXPECT_FALSE(waiting->has_error());
  EXPECT_FALSE(begin(*waiting, 3, kAtThatTime)->has_not_before());
  EXPECT_FALSE(cancel(*waiting, kAtThatTime)->has_not_before());
}

TEST(Transitions, KeepWhatTheAttemptsBeforeCameTo) {
  auto task = task_in(v1::TASK_STATE_RUNNING);
  task.set_last_attempt(100);
  *task.mutable_start_time() = to_timestamp(kAtThatTime);
  const Error error{Reason::simulated_failure, std::string(300, 'x')};
  task = *try_again(task, 2, error, kAtThatTime, kAtThatTime);
  const auto& first = task.past_attempts(0);
  EXPECT_EQ(first.attempt(), 2);
  EXPECT_TRUE(first.has_start_time());
  EXPECT_TRUE(first.has_end_time());
  EXPECT_EQ(first.outcome(), v1::TASK_STATE_FAILED);
  EXPECT_EQ(first.error().reason(), "SIMULATED_FAILURE");
  EXPECT_EQ(first.error().message(), std::string(256, 'x'));
  task = *retry(*cancel(task, kAtThatTime));
  EXPECT_EQ(task.past_attempts(1).outcome(), v1::TASK_STATE_CANCELLED);
  EXPECT_FALSE(task.past_attempts(1).has_start_time());
  for (int i = 0; i < 30; ++i) task = *retry(*cancel(task, kAtThatTime));
  EXPECT_EQ(task.past_attempts_size(), 20);
  EXPECT_EQ(task.past_attempts(19).attempt(), task.attempt() - 1);
}

}  // namespace
}  // namespace taskwire::engine
