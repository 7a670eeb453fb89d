#include "tasks/delayed_tasks.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

const SystemTime kThen{std::chrono::hours(500'000)};
constexpr std::chrono::seconds kSecond{1};

TEST(DelayedTasks, ComeOutWhenTheyAreDueTheFirstFirst) {
  DelayedTasks delayed;
  delayed.put(kThen + kSecond, {"alice", "x", {"later", 1}});
  delayed.put(kThen, {"bob", "y", {"sooner", 2}});
  delayed.put(kThen, {"bob", "y", {"as soon", 1}});
  EXPECT_EQ(delayed.first(), kThen);
  EXPECT_EQ(delayed.size("bob"), 2U);
  EXPECT_FALSE(delayed.take_due(kThen - kSecond));
  const auto next = delayed.take_due(kThen);
  EXPECT_EQ(next->user, "bob");
  EXPECT_EQ(next->type, "y");
  EXPECT_EQ(next->attempt, (AttemptId{"sooner", 2}));
  EXPECT_EQ(delayed.take_due(kThen)->attempt.task_id, "as soon");
  EXPECT_FALSE(delayed.take_due(kThen));
  EXPECT_EQ(delayed.size(), 1U);
  EXPECT_EQ(delayed.first(), kThen + kSecond);
}

TEST(DelayedTasks, HoldOneAttemptOfATaskUntilItIsDropped) {
  DelayedTasks delayed;
  delayed.put(kThen, {"alice", "x", {"a", 1}});
  delayed.put(kThen + kSecond, {"alice", "x", {"a", 2}});
  EXPECT_FALSE(delayed.take_due(kThen));
  EXPECT_TRUE(delayed.holds("a"));
  EXPECT_EQ(delayed.size("alice"), 1U);
  delayed.drop("a");
  delayed.drop("a");
  EXPECT_FALSE(delayed.holds("a"));
  EXPECT_EQ(delayed.size("alice"), 0U);
  EXPECT_FALSE(delayed.first());
}

}  // namespace
}  // namespace taskwire::engine
