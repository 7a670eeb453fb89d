#include "tasks/task_queue.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

std::string drain(TaskQueue& queue) {
  std::string text;
  while (const auto next = queue.take()) text += next->task_id + std::to_string(next->number) + " ";
  return text;
}

TEST(TaskQueue, KeepsTheOrderInWhichTheyCame) {
  TaskQueue queue;
  for (const auto* const id : {"b", "a", "c"}) queue.put({id, 1});
  queue.put({"b", 1});
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(drain(queue), "b1 a1 c1 ");
}

TEST(TaskQueue, HoldsOneAttemptOfATask) {
  TaskQueue queue;
  queue.put({"a", 1});
  queue.put({"b", 1});
  queue.put({"a", 2});
  EXPECT_EQ(drain(queue), "b1 a2 ");
}

TEST(TaskQueue, FreesThePlaceOfWhatIsDropped) {
  TaskQueue queue;
  queue.put({"a", 1});
  queue.put({"b", 1});
  queue.drop("a");
  queue.drop("nothing");
  EXPECT_EQ(queue.size(), 1U);
  queue.put({"a", 1});
  EXPECT_EQ(drain(queue), "b1 a1 ");
  queue.put({"a", 1});
  queue.clear();
  EXPECT_EQ(queue.size(), 0U);
  queue.put({"a", 1});
  EXPECT_EQ(drain(queue), "a1 ");
}

}  // namespace
}  // namespace taskwire::engine
