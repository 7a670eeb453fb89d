#include "types/attempts.h"

#include <gtest/gtest.h>

#include "engine/support/fake_context.h"

namespace taskwire::engine {
namespace {

const Attempts kAttempts;

TEST(Attempts, CountUpOneMessageATime) {
  FakeContext context(kAttempts, "{}");
  ASSERT_TRUE(kAttempts.run(context));
  ASSERT_EQ(context.reports.size(), 10U);
  EXPECT_EQ(context.reports[2].message(), "User 'alice', attempt 3 / 10");
  EXPECT_EQ(context.reports[2].done(), 3);
  ASSERT_EQ(context.told.size(), 10U);
  EXPECT_EQ(context.told.front(), "User 'alice', attempt 1 / 10");
  EXPECT_EQ(context.told.back(), "User 'alice', attempt 10 / 10");
  EXPECT_EQ(context.waited, std::chrono::seconds(10));
}

TEST(Attempts, StopWhenAsked) {
  FakeContext context(kAttempts, "{}");
  context.waits_left = 4;
  EXPECT_EQ(kAttempts.run(context).error().reason, Reason::cancelled);
  EXPECT_EQ(context.reports.size(), 4U);
}

TEST(Attempts, StopWhereTheyMayTellNothingMore) {
  FakeContext context(kAttempts, "{}");
  context.tells_left = 3;
  EXPECT_EQ(kAttempts.run(context).error().reason, Reason::cancelled);
  EXPECT_EQ(context.told.size(), 2U);
  EXPECT_EQ(context.waited, std::chrono::seconds(2));
}

}  // namespace
}  // namespace taskwire::engine
