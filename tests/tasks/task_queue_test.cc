#include "tasks/task_queue.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

class TaskQueueTest : public testing::Test {
 protected:
  /// Takes what may run, all of it: `a1 ` is the first attempt of task a.
  std::string drain(const std::string& but_of = "") {
    std::string text;
    while (const auto next = queue.take([&](const std::string& user) { return user != but_of; }))
      text += next->attempt.task_id + std::to_string(next->attempt.number) + " ";
    return text;
  }

  TaskQueue queue;
};

TEST_F(TaskQueueTest, KeepsTheOrderInWhichTheyCame) {
  for (const auto* const id : {"b", "a", "c"}) queue.put("alice", {id, 1});
  queue.put("alice", {"b", 1});
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(drain(), "b1 a1 c1 ");
  EXPECT_EQ(queue.size(), 0U);
}

TEST_F(TaskQueueTest, LetsUsersTakeTurns) {
  for (int i = 0; i < 5; ++i) queue.put("alice", {"a" + std::to_string(i), 1});
  for (int i = 0; i < 2; ++i) queue.put("bob", {"b" + std::to_string(i), 1});
  EXPECT_EQ(queue.take([](const std::string&) { return true; })->user, "alice");
  queue.put("carol", {"c", 1});
  EXPECT_EQ(drain(), "b01 a11 c1 b11 a21 a31 a41 ");
}

TEST_F(TaskQueueTest, PassesOverWhoMayRunNoOtherOneAndKeepsTheirTurn) {
  queue.put("alice", {"a", 1});
  queue.put("bob", {"b", 1});
  queue.put("bob", {"bb", 1});
  EXPECT_EQ(drain("alice"), "b1 bb1 ");
  queue.put("bob", {"bbb", 1});
  EXPECT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue.size("alice"), 1U);
  EXPECT_EQ(queue.size("carol"), 0U);
  EXPECT_EQ(drain(), "a1 bbb1 ");
}

TEST_F(TaskQueueTest, HoldsOneAttemptOfATask) {
  queue.put("alice", {"a", 1});
  queue.put("alice", {"b", 1});
  queue.put("alice", {"a", 2});
  EXPECT_EQ(drain(), "b1 a2 ");
}

TEST_F(TaskQueueTest, FreesThePlaceOfWhatIsDropped) {
  queue.put("alice", {"a", 1});
  queue.put("bob", {"b", 1});
  queue.drop("a");
  queue.drop("nothing");
  EXPECT_EQ(queue.size(), 1U);
  queue.put("alice", {"a", 1});
  EXPECT_EQ(drain(), "b1 a1 ");
  queue.put("alice", {"a", 1});
  queue.clear();
  EXPECT_EQ(queue.size(), 0U);
  queue.put("alice", {"a", 1});
  EXPECT_EQ(drain(), "a1 ");
}

}  // namespace
}  // namespace taskwire::engine
