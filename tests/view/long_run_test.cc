#include "view/long_run.h"

#include <gtest/gtest.h>

#include "view/now.h"

namespace taskwire::view {
namespace {

TEST(LongRun, WaitsForItsAnswer) {
  LongRun run;
  EXPECT_FALSE(run.is_busy());
  (void)run.begin("k", kNow);
  EXPECT_TRUE(run.is_busy());
  EXPECT_EQ(run.since(), kNow);
}

TEST(LongRun, ShowsTheAnswer) {
  LongRun run;
  (void)run.begin("k", kNow);
  run.answered({200, R"({"message":"Task completed","data":"User 'alice' completed the task at: noon"})"});
  EXPECT_FALSE(run.is_busy());
  EXPECT_EQ(run.message(), "Task completed");
  EXPECT_EQ(run.data(), "User 'alice' completed the task at: noon");
  (void)run.begin("k", kNow);
  EXPECT_EQ(run.message(), "");
}

TEST(LongRun, ShowsDataThatIsNoTextAsJson) {
  LongRun run;
  (void)run.begin("k", kNow);
  run.answered({200, R"({"message":"Done","data":{"Name": "Victor"}})"});
  EXPECT_EQ(run.data(), R"({"Name":"Victor"})");
}

TEST(LongRun, ShowsAProblemUntilDismissed) {
  LongRun run;
  (void)run.begin("k", kNow);
  run.answered({409, R"({"title":"Conflict","detail":"It was cancelled.","reason":"R"})"});
  EXPECT_FALSE(run.is_busy());
  EXPECT_EQ(run.problem()->detail, "It was cancelled.");
  run.dismiss();
  EXPECT_FALSE(run.problem());
  run.refuse({"No", "", ""});
  (void)run.begin("k", kNow);
  EXPECT_FALSE(run.problem());
}

TEST(LongRun, KeepsTheKeyWhileTheOutcomeIsNotKnown) {
  LongRun run;
  EXPECT_EQ(run.begin("k1", kNow), "k1");
  run.answered({});
  EXPECT_NE(run.problem()->detail.find("safe"), std::string::npos);
  EXPECT_EQ(run.begin("k2", kNow), "k1");
  run.answered({503, R"({"reason":"UNKNOWN_OUTCOME"})"});
  EXPECT_EQ(run.begin("k3", kNow), "k1");
  run.answered({200, "{}"});
  EXPECT_EQ(run.begin("k4", kNow), "k4");
  run.answered({409, R"({"reason":"TASK_CANCELLED"})"});
  EXPECT_EQ(run.problem()->detail.find("safe"), std::string::npos);
  EXPECT_EQ(run.begin("k5", kNow), "k5");
}

}  // namespace
}  // namespace taskwire::view
