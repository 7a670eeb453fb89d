#include "types/simulate.h"

#include <gtest/gtest.h>

#include "engine/support/fake_context.h"

namespace taskwire::engine {
namespace {

const Simulate kSimulate;

TEST(Simulate, CountsThroughItsStages) {
  FakeContext context(kSimulate, R"({"stages":["A","B"],"steps":4,"durationMs":400})");
  ASSERT_TRUE(kSimulate.run(context));
  std::string seen;
  for (const auto& report : context.reports) seen += report.stage() + std::to_string(report.done()) + " ";
  EXPECT_EQ(seen, "A0 A1 B2 B3 B4 ");
  EXPECT_EQ(context.reports.back().total(), 4);
  EXPECT_EQ(context.reports.back().message(), "B: 4 of 4");
  EXPECT_EQ(context.waited, std::chrono::milliseconds(400));
}

TEST(Simulate, TakesItsTimeWithJitterToo) {
  FakeContext context(kSimulate, R"({"durationMs":1000,"jitter":1})");
  ASSERT_TRUE(kSimulate.run(context));
  EXPECT_GT(context.waited, std::chrono::milliseconds(500));
  EXPECT_LT(context.waited, std::chrono::milliseconds(1500));
}

TEST(Simulate, FailsWhereItIsTold) {
  FakeContext context(kSimulate, R"({"steps":10,"failAt":30})");
  const auto outcome = kSimulate.run(context);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, Reason::simulated_failure);
  EXPECT_EQ(context.reports.back().done(), 3);
}

TEST(Simulate, FailsAtTheVeryEndAndAtTheVeryBeginning) {
  FakeContext end(kSimulate, R"({"steps":3,"failAt":100})");
  EXPECT_FALSE(kSimulate.run(end));
  EXPECT_EQ(end.reports.back().done(), 3);
  FakeContext begin(kSimulate, R"({"steps":3,"failAt":0})");
  EXPECT_FALSE(kSimulate.run(begin));
  EXPECT_EQ(begin.reports.back().done(), 0);
}

TEST(Simulate, StopsWhenAsked) {
  FakeContext context(kSimulate, "{}");
  context.waits_left = 3;
  const auto outcome = kSimulate.run(context);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, Reason::cancelled);
  EXPECT_EQ(context.reports.size(), 3U);
}

}  // namespace
}  // namespace taskwire::engine
