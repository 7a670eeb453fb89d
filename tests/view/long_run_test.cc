#include "view/long_run.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

constexpr Time kNow{Millis(1'000'000)};

TEST(LongRun, WaitsForItsAnswer) {
  LongRun run;
  EXPECT_FALSE(run.is_busy());
  run.begin(kNow);
  EXPECT_TRUE(run.is_busy());
  EXPECT_EQ(run.since(), kNow);
}

TEST(LongRun, ShowsTheAnswer) {
  LongRun run;
  run.begin(kNow);
  run.answered({200, R"({"message":"Task completed","data":"User 'alice' completed the task at: noon"})"});
  EXPECT_FALSE(run.is_busy());
  EXPECT_EQ(run.message(), "Task completed");
  EXPECT_EQ(run.data(), "User 'alice' completed the task at: noon");
  run.begin(kNow);
  EXPECT_EQ(run.message(), "");
}

TEST(LongRun, ShowsDataThatIsNoTextAsJson) {
  LongRun run;
  run.begin(kNow);
  run.answered({200, R"({"message":"Done","data":{"Name": "Victor"}})"});
  EXPECT_EQ(run.data(), R"({"Name":"Victor"})");
}

TEST(LongRun, ShowsAProblemUntilDismissed) {
  LongRun run;
  run.begin(kNow);
  run.answered({409, R"({"title":"Conflict","detail":"It was cancelled.","reason":"R"})"});
  EXPECT_FALSE(run.is_busy());
  EXPECT_EQ(run.problem()->detail, "It was cancelled.");
  run.dismiss();
  EXPECT_FALSE(run.problem());
  run.refuse({"No", "", ""});
  run.begin(kNow);
  EXPECT_FALSE(run.problem());
}

}  // namespace
}  // namespace taskwire::view
