#include <gtest/gtest.h>

#include "engine/support/test_tasks.h"

namespace taskwire::engine {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// Goes on until the task is in that state, a second at a time.
v1::Task advance_until(TestTasks& tasks, const std::string& id, v1::TaskState state) {
  (void)comes_true([&] {
    tasks.log.clock.advance(milliseconds(100));
    return tasks.get(id).state() == state;
  });
  return tasks.get(id);
}

TEST(NotBefore, BeginsATaskWhenItsTimeHasCome) {
  TestTasks tasks;
  const auto id = tasks.start_later("works", milliseconds(2500));
  ASSERT_NE(id, "");
  const auto waiting = tasks.get(id);
  EXPECT_TRUE(waiting.has_not_before());
  EXPECT_EQ(waiting.queued_because(), v1::QUEUED_BECAUSE_NOT_BEFORE);
  tasks.wait_for(tasks.start_id("works"), v1::TASK_STATE_SUCCEEDED);
  for (int i = 0; i < 24; ++i) tasks.log.clock.advance(milliseconds(100));
  EXPECT_EQ(tasks.get(id).state(), v1::TASK_STATE_QUEUED);
  tasks.log.clock.advance(milliseconds(100));
  const auto done = tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(done.state(), v1::TASK_STATE_SUCCEEDED);
  EXPECT_FALSE(done.has_not_before());
}

TEST(NotBefore, TakesAPastTimeForAtOnce) {
  TestTasks tasks;
  const auto id = tasks.start_later("works", -hours(1));
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
}

TEST(NotBefore, RefusesATimeTooFarAhead) {
  TestTasks tasks;
  const auto refused =
      tasks.start_with("works", [](auto& request) { request.mutable_not_before()->set_seconds(253'402'300'799); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::invalid_not_before);
  EXPECT_TRUE(tasks.list().empty());
}

TEST(NotBefore, FollowsTheWallClockWhereverItJumps) {
  TestTasks tasks;
  const auto id = tasks.start_later("works", hours(24));
  tasks.log.clock.jump(-hours(48));
  for (int i = 0; i < 20; ++i) tasks.log.clock.advance(milliseconds(1000));
  EXPECT_EQ(tasks.get(id).state(), v1::TASK_STATE_QUEUED);
  EXPECT_LE(tasks.log.clock.timers(), 2U);
  tasks.log.clock.jump(hours(72));
  tasks.log.clock.advance(milliseconds(1000));
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
}

TEST(NotBefore, KeepsNobodyElseWaitingAndHoldsItsPlaceInTheQueue) {
  TestTasks tasks({.workers = 1}, {.most_waiting = 1000, .most_waiting_of_user = 10});
  for (int i = 0; i < 10; ++i) EXPECT_NE(tasks.start_later("works", hours(1)), "");
  const auto refused = tasks.start("works");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::queue_full);
  const auto bobs = tasks.start("works", "bob");
  ASSERT_TRUE(bobs);
  EXPECT_TRUE(comes_true([&] { return tasks.list("bob").at(0).state() == v1::TASK_STATE_SUCCEEDED; }));
}

TEST(NotBefore, LetsAWaitingTaskBeCancelledAndRetriedAtOnce) {
  TestTasks tasks({.workers = 1}, {.most_waiting_of_user = 1});
  const auto id = tasks.start_later("works", hours(1));
  EXPECT_EQ(tasks.command(&Tasks::cancel, id)->task().state(), v1::TASK_STATE_CANCELLED);
  EXPECT_FALSE(tasks.get(id).has_not_before());
  EXPECT_EQ(tasks.command(&Tasks::retry, id)->task().attempt(), 2);
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED).attempt(), 2);
}

TEST(NotBefore, OutlivesARestart) {
  TestTasks tasks;
  std::vector<std::string> ids;
  for (int i = 0; i < 50; ++i) ids.push_back(tasks.start_later("works", milliseconds(1000 + 10 * i)));
  tasks.restart();
  EXPECT_EQ(tasks.get(ids.front()).queued_because(), v1::QUEUED_BECAUSE_NOT_BEFORE);
  tasks.log.clock.advance(milliseconds(999));
  for (const auto& id : ids) EXPECT_EQ(tasks.get(id).state(), v1::TASK_STATE_QUEUED);
  for (const auto& id : ids)
    EXPECT_EQ(advance_until(tasks, id, v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
}

TEST(NotBefore, MayBeTheSameOfAnyNumber) {
  constexpr std::size_t kMany = 500;
  TestTasks tasks({.workers = 3}, {.most_waiting_of_user = kMany});
  const auto time = to_timestamp(tasks.log.clock.now() + hours(1));
  Inbox<int> started;
  for (std::size_t i = 0; i < kMany; ++i) {
    v1::StartTaskRequest request;
    request.set_user_id("alice");
    request.set_type("works");
    *request.mutable_not_before() = time;
    tasks.tasks->start(request, [&](const Result<v1::StartTaskResponse>& response) { started.put(response ? 1 : 0); });
  }
  for (std::size_t i = 0; i < kMany; ++i) EXPECT_EQ(started.take(), 1);
  tasks.log.clock.advance(hours(1));
  EXPECT_TRUE(comes_true([&] {
    tasks.log.clock.advance(milliseconds(1));
    v1::ListTasksRequest request;
    request.set_user_id("alice");
    request.add_states(v1::TASK_STATE_QUEUED);
    request.add_states(v1::TASK_STATE_RUNNING);
    const auto open = tasks.call(&Tasks::list, request);
    return open && open->tasks().empty();
  }));
}

TEST(NotBefore, IsOverWhenTheTimeCameWhileTheEngineWasDown) {
  TestTasks tasks;
  const auto id = tasks.start_later("works", hours(1));
  tasks.stop_and_open_log();
  tasks.log.clock.advance(hours(2));
  tasks.restart();
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
}

TEST(NotBefore, AnswersTheSameTaskToARepeatedRequestWhenTheTimeHasPassed) {
  TestTasks tasks;
  v1::StartTaskRequest request;
  request.set_user_id("alice");
  request.set_type("works");
  request.set_request_id("once");
  *request.mutable_not_before() = to_timestamp(tasks.log.clock.now() + hours(1));
  const auto first = tasks.call(&Tasks::start, request);
  tasks.log.clock.jump(-hours(24 * 365 * 20));
  const auto second = tasks.call(&Tasks::start, request);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->task().task_id(), first->task().task_id());
}

TEST(NotBefore, SaysWhyATaskWaits) {
  TestTasks tasks({.workers = 1});
  EXPECT_EQ(tasks.begun.take(), tasks.start_id("waits"));
  const auto second = tasks.start_id("waits");
  EXPECT_TRUE(comes_true([&] { return tasks.get(second).queued_because() == v1::QUEUED_BECAUSE_LIMIT; }));
  EXPECT_EQ(tasks.get(second).queue_position(), 1);
  const auto later = tasks.start_later("works", hours(1));
  EXPECT_EQ(tasks.get(later).queue_position(), 0);
  const auto list = tasks.list();
  EXPECT_EQ(list.at(0).queued_because(), v1::QUEUED_BECAUSE_NOT_BEFORE);
  EXPECT_EQ(list.at(1).queued_because(), v1::QUEUED_BECAUSE_LIMIT);
  EXPECT_EQ(list.at(2).queued_because(), v1::QUEUED_BECAUSE_UNSPECIFIED) << "runs";
  const auto reader = tasks.log.log->read();
  (*reader)->rows({{.topic = ""}}, (*reader)->head().sequence, [](const EventPtr& event) {
    EXPECT_EQ(event->parse().task().queued_because(), v1::QUEUED_BECAUSE_UNSPECIFIED) << "in answers only";
    return true;
  });
}

}  // namespace
}  // namespace taskwire::engine
