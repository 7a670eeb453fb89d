#include <algorithm>
#include <gtest/gtest.h>

#include "engine/support/test_tasks.h"

namespace taskwire::engine {
namespace {

std::int64_t running(TestTasks& tasks, const std::string& user, const std::string& type) {
  const auto all = tasks.list(user);
  return std::count_if(all.begin(), all.end(),
                       [&](const auto& task) { return task.type() == type && task.state() == v1::TASK_STATE_RUNNING; });
}

TEST(TypeLimits, BoundATypeInAllAndKeepNoOtherWaiting) {
  TestTasks tasks({.workers = 8});
  const auto first = tasks.start_id("one");
  EXPECT_EQ(tasks.begun.take(), first);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(tasks.start("one"));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(tasks.start("one", "bob"));
  EXPECT_EQ(tasks.wait_for(tasks.start_id("works"), v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
  const auto bobs = tasks.start("works", "bob");
  EXPECT_TRUE(comes_true([&] { return tasks.list("bob").at(0).state() == v1::TASK_STATE_SUCCEEDED; }));
  EXPECT_TRUE(tasks.begun.empty());
  EXPECT_EQ(running(tasks, "alice", "one") + running(tasks, "bob", "one"), 1);
  (void)tasks.command(&Tasks::cancel, first);
  const auto second = tasks.begun.take();
  ASSERT_TRUE(second);
  tasks.wait_for(first, v1::TASK_STATE_CANCELLED);
  EXPECT_EQ(running(tasks, "alice", "one") + running(tasks, "bob", "one"), 1);
}

TEST(TypeLimits, BoundATypeOfEachUser) {
  TestTasks tasks({.workers = 8});
  EXPECT_EQ(tasks.begun.take(), tasks.start_id("one each"));
  EXPECT_TRUE(tasks.start("one each"));
  const auto bobs = tasks.start("one each", "bob");
  EXPECT_EQ(tasks.begun.take(), bobs->task().task_id());
  EXPECT_EQ(tasks.wait_for(tasks.start_id("works"), v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(running(tasks, "alice", "one each"), 1);
}

TEST(TypeLimits, BoundWhatRunsInAll) {
  TestTasks tasks({.workers = 8}, {.most_running = 2, .most_running_of_user = 2});
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(tasks.start("waits"));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(tasks.begun.take());
  EXPECT_EQ(running(tasks, "alice", "waits"), 2);
  EXPECT_EQ(tasks.list().at(0).queued_because(), v1::QUEUED_BECAUSE_LIMIT);
}

}  // namespace
}  // namespace taskwire::engine
