#include <gtest/gtest.h>

#include "engine/support/test_tasks.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;

TEST(Stops, FailATaskThatHasRunAsLongAsItMay) {
  TestTasks tasks;
  const auto id = tasks.start_with("waits", [](auto& request) { request.set_time_limit_ms(300); })->task().task_id();
  EXPECT_EQ(tasks.begun.take(), id);
  ASSERT_TRUE(comes_true([&] { return tasks.log.clock.timers() > 0; }));
  tasks.log.clock.advance(milliseconds(299));
  EXPECT_EQ(tasks.get(id).state(), v1::TASK_STATE_RUNNING);
  tasks.log.clock.advance(milliseconds(1));
  const auto failed = tasks.wait_for(id, v1::TASK_STATE_FAILED);
  EXPECT_EQ(failed.error().reason(), "TIME_LIMIT");
  EXPECT_NE(failed.error().message().find("300 ms"), std::string::npos) << failed.error().message();
}

TEST(Stops, LetAnotherAttemptFollowATimeLimitWhereTheTypeSaysSo) {
  TestTasks tasks;
  const auto id = tasks.start_id("late");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(tasks.begun.take(), id);
    tasks.log.clock.advance(milliseconds(200));
    if (i == 1) break;
    ASSERT_TRUE(comes_true([&] { return tasks.get(id).attempt() == 2; }));
    tasks.log.clock.advance(milliseconds(1000));
  }
  const auto failed = tasks.wait_for(id, v1::TASK_STATE_FAILED);
  EXPECT_EQ(failed.error().reason(), "TIME_LIMIT");
  EXPECT_EQ(failed.attempt(), 2);
}

TEST(Stops, LeaveTheOutcomeOfAnAttemptThatEndsByItself) {
  TestTasks tasks;
  const auto id = tasks.start_with("held", [](auto& request) { request.set_time_limit_ms(100); })->task().task_id();
  EXPECT_EQ(tasks.begun.take(), id);
  tasks.log.clock.advance(milliseconds(100));
  tasks.released.put(0);
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
}

TEST(Stops, CancelATaskThatIsAskedToStopWhenItsTimeIsOver) {
  TestTasks tasks;
  const auto id = tasks.start_with("lingers", [](auto& request) { request.set_time_limit_ms(100); })->task().task_id();
  EXPECT_EQ(tasks.begun.take(), id);
  tasks.log.clock.advance(milliseconds(100));
  EXPECT_EQ(tasks.command(&Tasks::cancel, id)->task().state(), v1::TASK_STATE_CANCELLING);
  tasks.released.put(0);
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_CANCELLED).state(), v1::TASK_STATE_CANCELLED);
}

/// Commits the task as it becomes by `change`.
template <class Change>
void overtake(TestTasks& tasks, const std::string& id, Change change) {
  Inbox<int> committed;
  tasks.log.log->write<int>(
      EventLog::Writer::engine, 0,
      [&](Transaction& transaction) -> Result<int> {
        auto task = *transaction.task(id);
        change(transaction, task);
        return 0;
      },
      [&](const Result<int>&) { committed.put(0); });
  committed.take();
}

TEST(Stops, TellAnAttemptThatItIsSuperseded) {
  TestTasks tasks({.workers = 1});
  const auto id = tasks.start_id("waits");
  EXPECT_EQ(tasks.begun.take(), id);
  overtake(tasks, id, [](Transaction& transaction, v1::Task& task) {
    task.set_attempt(2);
    task.set_state(v1::TASK_STATE_QUEUED);
    transaction.put_task(task);
  });
  EXPECT_EQ(tasks.begun.take(), id) << "the second attempt has the place of the first";
  EXPECT_EQ(tasks.get(id).attempt(), 2);
  EXPECT_EQ(tasks.history(id), "queued running queued running");
}

TEST(Stops, TellAnAttemptThatItsTaskIsGone) {
  TestTasks tasks({.workers = 1});
  const auto id = tasks.start_id("waits");
  EXPECT_EQ(tasks.begun.take(), id);
  overtake(tasks, id, [](Transaction& transaction, const v1::Task& task) { transaction.delete_task(task); });
  const auto next = tasks.start_id("works");
  EXPECT_EQ(tasks.wait_for(next, v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(tasks.get(id).task_id(), "");
}

TEST(Stops, TellAnAttemptThatItsTaskIsGoneWhereTheTailHasGoneBy) {
  TestTasks tasks({.workers = 1}, {}, {.tail = {.events = 2}});
  const auto id = tasks.start_id("waits");
  EXPECT_EQ(tasks.begun.take(), id);
  overtake(tasks, id, [](Transaction& transaction, const v1::Task& task) {
    transaction.delete_task(task);
    for (int i = 0; i < 9; ++i) {
      v1::Event event;
      event.set_topic("channels/x");
      transaction.append(std::move(event));
    }
  });
  const auto next = tasks.start_id("works");
  EXPECT_EQ(tasks.wait_for(next, v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
}

}  // namespace
}  // namespace taskwire::engine
