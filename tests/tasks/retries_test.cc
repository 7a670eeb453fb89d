#include <gtest/gtest.h>

#include "engine/support/test_tasks.h"

namespace taskwire::engine {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// Waits until the task waits for its attempt `number`.
v1::Task wait_for_pause(TestTasks& tasks, const std::string& id, int number) {
  (void)comes_true([&] {
    const auto task = tasks.get(id);
    return task.attempt() == number && task.state() == v1::TASK_STATE_QUEUED;
  });
  return tasks.get(id);
}

TEST(Retries, FollowEachOtherAfterPausesUntilNoneIsLeft) {
  TestTasks tasks;
  tasks.random = 0;
  const auto id = tasks.start_id("fails now");
  auto waiting = wait_for_pause(tasks, id, 2);
  EXPECT_EQ(waiting.queued_because(), v1::QUEUED_BECAUSE_NOT_BEFORE);
  EXPECT_EQ(to_ms(from_timestamp(waiting.not_before())), to_ms(tasks.log.clock.now() + milliseconds(50)));
  EXPECT_EQ(waiting.past_attempts(0).error().reason(), "SIMULATED_FAILURE");
  tasks.log.clock.advance(milliseconds(49));
  EXPECT_EQ(tasks.get(id).state(), v1::TASK_STATE_QUEUED);
  tasks.log.clock.advance(milliseconds(1));
  waiting = wait_for_pause(tasks, id, 3);
  EXPECT_EQ(to_ms(from_timestamp(waiting.not_before())), to_ms(tasks.log.clock.now() + milliseconds(75)));
  tasks.log.clock.advance(milliseconds(75));
  const auto failed = tasks.wait_for(id, v1::TASK_STATE_FAILED);
  EXPECT_EQ(failed.attempt(), 3);
  EXPECT_EQ(failed.error().message(), "not now");
  EXPECT_EQ(tasks.history(id), "queued running queued running queued running failed");
}

TEST(Retries, AreToldWhereOneTaskIsAskedForAndInNoEventOrList) {
  TestTasks tasks;
  const auto id = tasks.start_id("fails now");
  wait_for_pause(tasks, id, 2);
  tasks.log.clock.advance(milliseconds(100));
  wait_for_pause(tasks, id, 3);
  EXPECT_EQ(tasks.get(id).past_attempts_size(), 2);
  tasks.log.clock.advance(milliseconds(150));
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_FAILED).past_attempts_size(), 2);
  EXPECT_EQ(tasks.command(&Tasks::retry, id)->task().past_attempts_size(), 3);
  tasks.wait_for(id, v1::TASK_STATE_QUEUED);
  const auto cancelled = tasks.command(&Tasks::cancel, id)->task();
  EXPECT_EQ(cancelled.past_attempts_size(), cancelled.attempt() - 1);
  const auto again = tasks.start_id("again");
  ASSERT_TRUE(tasks.begun.take());
  for (int attempt = 2; attempt <= 3; ++attempt) {
    tasks.restart();
    ASSERT_TRUE(tasks.begun.take());
    EXPECT_EQ(tasks.get(again).past_attempts_size(), attempt - 1);
  }
  for (const auto& task : tasks.list()) EXPECT_EQ(task.past_attempts_size(), 0) << task.ShortDebugString();
  const auto reader = tasks.log.log->read();
  (*reader)->rows({{.topic = ""}}, (*reader)->head().sequence, [&](const EventPtr& event) {
    EXPECT_EQ(event->parse().task().past_attempts_size(), 0) << event->parse().ShortDebugString();
    return true;
  });
}

TEST(Retries, AreAsManyAsTheTaskSays) {
  TestTasks tasks;
  const auto id = tasks.start_with("fails now", [](auto& request) { request.set_max_attempts(1); })->task().task_id();
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_FAILED).attempt(), 1);
}

TEST(Retries, BeginAnewByHand) {
  TestTasks tasks;
  const auto id = tasks.start_with("fails now", [](auto& request) { request.set_max_attempts(2); })->task().task_id();
  wait_for_pause(tasks, id, 2);
  tasks.log.clock.advance(milliseconds(100));
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_FAILED).attempt(), 2);
  EXPECT_EQ(tasks.command(&Tasks::retry, id)->task().last_attempt(), 4);
  EXPECT_EQ(wait_for_pause(tasks, id, 4).attempt(), 4);
  tasks.log.clock.advance(milliseconds(100));
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_FAILED).attempt(), 4);
}

TEST(Retries, DoNotFollowAnErrorThatStays) {
  TestTasks tasks;
  for (const auto* const type : {"fails", "throws", "large", "quits"}) {
    const auto id = tasks.start_with(type, [](auto& request) { request.set_max_attempts(5); })->task().task_id();
    EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_FAILED).attempt(), 1) << type;
  }
}

TEST(Retries, EndWhenTheTaskIsCancelledInThePause) {
  TestTasks tasks;
  const auto id = tasks.start_id("fails now");
  wait_for_pause(tasks, id, 2);
  EXPECT_EQ(tasks.command(&Tasks::cancel, id)->task().state(), v1::TASK_STATE_CANCELLED);
  tasks.log.clock.advance(hours(1));
  EXPECT_EQ(tasks.get(id).state(), v1::TASK_STATE_CANCELLED);
}

TEST(Retries, OutliveARestartInThePause) {
  TestTasks tasks;
  const auto id = tasks.start_id("fails now");
  wait_for_pause(tasks, id, 2);
  tasks.last_stop = Stop::crash;
  tasks.restart();
  EXPECT_EQ(tasks.get(id).attempt(), 2);
  EXPECT_TRUE(comes_true([&] {
    tasks.log.clock.advance(milliseconds(100));
    return tasks.get(id).state() == v1::TASK_STATE_FAILED;
  }));
  EXPECT_EQ(tasks.get(id).attempt(), 3);
}

TEST(Retries, AreNotLostToCommitsThatFail) {
  TestTasks tasks({.workers = 3, .try_again = milliseconds(1)});
  const auto blocker = tasks.start_id("held");
  tasks.log.failing->failures_per_cent = 40;
  std::vector<std::string> ids;
  while (ids.size() < 10) {
    if (auto id = tasks.start_id("fails now"); !id.empty()) ids.push_back(id);
  }
  for (const auto& id : ids) {
    EXPECT_TRUE(comes_true([&] {
      tasks.log.clock.advance(milliseconds(100));
      return tasks.get(id).state() == v1::TASK_STATE_FAILED;
    }));
    EXPECT_EQ(tasks.get(id).attempt(), 3);
  }
  tasks.log.failing->failures_per_cent = 0;
  tasks.released.put(0);
}

}  // namespace
}  // namespace taskwire::engine
