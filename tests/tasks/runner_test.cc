#include "tasks/runner.h"

#include <gtest/gtest.h>

#include "engine/support/test_tasks.h"

namespace taskwire::engine {
namespace {

TEST(Runner, RunsATaskToItsResult) {
  TestTasks tasks;
  const auto id = tasks.start_id("works");
  const auto task = tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(task.result().fields().at("n").number_value(), 7);
  EXPECT_EQ(task.progress().percent(), 100);
  EXPECT_TRUE(task.has_start_time());
  EXPECT_TRUE(task.has_end_time());
  EXPECT_EQ(tasks.history(id), "queued running succeeded");
}

TEST(Runner, FailsATaskWithItsTypesError) {
  TestTasks tasks;
  const auto task = tasks.wait_for(tasks.start_id("fails"), v1::TASK_STATE_FAILED);
  EXPECT_EQ(task.error().reason(), "SIMULATED_FAILURE");
  EXPECT_EQ(task.error().message(), "it broke");
}

TEST(Runner, OutlivesATypeThatThrows) {
  TestTasks tasks;
  const auto task = tasks.wait_for(tasks.start_id("throws"), v1::TASK_STATE_FAILED);
  EXPECT_EQ(task.error().reason(), "INTERNAL");
  EXPECT_EQ(tasks.wait_for(tasks.start_id("works"), v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
}

TEST(Runner, FailsATaskWhoseResultIsTooLarge) {
  TestTasks tasks;
  const auto task = tasks.wait_for(tasks.start_id("large"), v1::TASK_STATE_FAILED);
  EXPECT_EQ(task.error().reason(), "RESULT_TOO_LARGE");
  EXPECT_FALSE(task.has_result());
}

TEST(Runner, FailsATaskWhoseResultIsNoJson) {
  TestTasks tasks;
  const auto task = tasks.wait_for(tasks.start_id("unspeakable"), v1::TASK_STATE_FAILED);
  EXPECT_EQ(task.error().reason(), "INTERNAL");
}

TEST(Runner, FailsATaskWhoseTypeIsGone) {
  TestTasks tasks;
  tasks.stop_and_open_log();
  tasks.log.update("alice", "aaaaaaaaaaaa", v1::TASK_STATE_QUEUED);
  tasks.restart();
  const auto task = tasks.wait_for("aaaaaaaaaaaa", v1::TASK_STATE_FAILED);
  EXPECT_EQ(task.error().reason(), "UNKNOWN_TASK_TYPE");
}

TEST(Runner, FailsATaskWhoseTypeStopsUnasked) {
  TestTasks tasks;
  const auto task = tasks.wait_for(tasks.start_id("quits"), v1::TASK_STATE_FAILED);
  EXPECT_EQ(task.error().reason(), "INTERNAL");
}

TEST(Runner, RepeatsTheEndOfATaskUntilTheStoreTakesIt) {
  TestTasks tasks({.workers = 1, .try_again = std::chrono::milliseconds(1)});
  const auto id = tasks.start_id("held");
  EXPECT_EQ(tasks.begun.take(), id);
  auto& store = *tasks.log.failing;
  store.fail_before = true;
  const int before = store.commits;
  tasks.released.put(0);
  EXPECT_TRUE(comes_true([&] { return store.commits >= before + 3; }));
  EXPECT_EQ(tasks.get(id).state(), v1::TASK_STATE_RUNNING);
  store.fail_before = false;
  const auto task = tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(task.result().fields().at("n").number_value(), 7);
}

TEST(Runner, CancelsARunningTask) {
  TestTasks tasks;
  const auto id = tasks.start_id("waits");
  EXPECT_EQ(tasks.begun.take(), id);
  EXPECT_EQ(tasks.command(&Tasks::cancel, id)->task().state(), v1::TASK_STATE_CANCELLING);
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_CANCELLED).state(), v1::TASK_STATE_CANCELLED);
  EXPECT_EQ(tasks.history(id), "queued running cancelling cancelled");
}

TEST(Runner, SendsTheOwnerAllThatATaskTells) {
  TestTasks tasks;
  tasks.wait_for(tasks.start_id("tells"), v1::TASK_STATE_SUCCEEDED);
  std::string expected;
  for (int i = 1; i <= 200; ++i) expected += std::to_string(i) + " ";
  EXPECT_EQ(tasks.told(), expected);
}

TEST(Runner, SendsNothingThatATaskTellsAfterItsCancel) {
  TestTasks tasks;
  const auto id = tasks.start_id("tells late");
  EXPECT_EQ(tasks.begun.take(), id);
  ASSERT_TRUE(tasks.command(&Tasks::cancel, id));
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_CANCELLED).state(), v1::TASK_STATE_CANCELLED);
  EXPECT_EQ(tasks.told(), "before ");
}

TEST(Runner, SendsNothingThatATaskTellsWhileTheEngineStops) {
  TestTasks tasks;
  EXPECT_EQ(tasks.begun.take(), tasks.start_id("tells late")) << "told before, committed when it begins to wait";
  tasks.restart();
  EXPECT_EQ(tasks.told(), "before ");
}

TEST(Runner, RunsOnlyAsManyAsThereAreWorkers) {
  TestTasks tasks({.workers = 1});
  const auto first = tasks.start_id("waits");
  EXPECT_EQ(tasks.begun.take(), first);
  const auto second = tasks.start_id("waits");
  EXPECT_EQ(tasks.get(second).state(), v1::TASK_STATE_QUEUED);
  EXPECT_TRUE(tasks.begun.empty());
  (void)tasks.command(&Tasks::cancel, first);
  EXPECT_EQ(tasks.begun.take(), second);
}

TEST(Runner, NeverRunsATaskThatWasCancelledWhileItWaited) {
  TestTasks tasks({.workers = 1});
  const auto first = tasks.start_id("waits");
  EXPECT_EQ(tasks.begun.take(), first);
  const auto second = tasks.start_id("waits");
  const auto third = tasks.start_id("waits");
  EXPECT_EQ(tasks.command(&Tasks::cancel, second)->task().state(), v1::TASK_STATE_CANCELLED);
  (void)tasks.command(&Tasks::cancel, first);
  EXPECT_EQ(tasks.begun.take(), third);
  EXPECT_EQ(tasks.history(second), "queued cancelled");
}

TEST(Runner, RunsARetriedTaskAsItsNextAttempt) {
  TestTasks tasks;
  const auto id = tasks.start_id("fails");
  tasks.wait_for(id, v1::TASK_STATE_FAILED);
  const auto again = tasks.command(&Tasks::retry, id);
  EXPECT_EQ(again->task().attempt(), 2);
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_FAILED).attempt(), 2);
  EXPECT_EQ(tasks.history(id), "queued running failed queued running failed");
}

TEST(Runner, RefusesMoreTasksThanMayWait) {
  TestTasks tasks({.workers = 1}, {.most_waiting = 2});
  const auto running = tasks.start_id("waits");
  EXPECT_EQ(tasks.begun.take(), running);
  EXPECT_TRUE(tasks.start("works"));
  EXPECT_TRUE(tasks.start("works"));
  const auto refused = tasks.start("works");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::queue_full);
}

TEST(Runner, LeavesWhatItsStopCutShortToTheNextStart) {
  TestTasks tasks;
  const auto id = tasks.start_id("waits");
  EXPECT_EQ(tasks.begun.take(), id);
  tasks.runner->stop();
  EXPECT_EQ(tasks.get(id).state(), v1::TASK_STATE_RUNNING);
}

}  // namespace
}  // namespace taskwire::engine
