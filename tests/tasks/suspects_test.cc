#include "tasks/suspects.h"

#include <gtest/gtest.h>
#include <string>

namespace taskwire::engine {
namespace {

Waiting waiting(const std::string& task_id, const std::string& user = "alice") {
  return {user, "demo", {task_id, 1}};
}

bool anybody(const Waiting&) {
  return true;
}

TEST(Suspects, RunOneAtATimeInTheirOrder) {
  Suspects suspects;
  suspects.put(waiting("a"));
  suspects.put(waiting("b"));
  suspects.put(waiting("a"));
  EXPECT_EQ(suspects.size(), 2U);
  EXPECT_EQ(suspects.take(anybody)->attempt.task_id, "a");
  EXPECT_FALSE(suspects.take(anybody)) << "one runs";
  suspects.end();
  EXPECT_EQ(suspects.take(anybody)->attempt.task_id, "b");
  suspects.end();
  EXPECT_FALSE(suspects.take(anybody));
}

TEST(Suspects, PassOverWhoMayNotRun) {
  Suspects suspects;
  suspects.put(waiting("a", "alice"));
  suspects.put(waiting("b", "bob"));
  const auto not_alice = [](const Waiting& one) { return one.user != "alice"; };
  EXPECT_EQ(suspects.take(not_alice)->attempt.task_id, "b");
  suspects.end();
  EXPECT_FALSE(suspects.take(not_alice));
  EXPECT_TRUE(suspects.holds("a"));
}

TEST(Suspects, ForgetWhatDoesNotWaitAnyMore) {
  Suspects suspects;
  suspects.put(waiting("a"));
  suspects.put(waiting("b"));
  suspects.drop("a");
  suspects.drop("c");
  EXPECT_FALSE(suspects.holds("a"));
  EXPECT_TRUE(suspects.holds("b"));
  suspects.clear();
  EXPECT_EQ(suspects.size(), 0U);
}

}  // namespace
}  // namespace taskwire::engine
