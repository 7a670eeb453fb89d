#include "commands/progress_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tasks/progress_update.h"

namespace taskwire::engine {
namespace {

using progress::Progress;
using testing::ElementsAre;

TEST(ProgressReport, TellsWhatHasChanged) {
  Progress now;
  now.percent = 40;
  now.done = 4;
  now.total = 10;
  now.unit = "files";
  now.indeterminate = true;
  now.condition = progress::Condition::warning;
  now.stage = "Copying";
  now.message = "a.png";
  now.steps = {{"Read", progress::StepState::done, 1, 1}, {"Write", progress::StepState::running, 2, {}}};
  const auto update = changes({}, now);
  EXPECT_TRUE(check_update(update));
  EXPECT_EQ(update.percent(), 40);
  EXPECT_EQ(update.done(), 4);
  EXPECT_EQ(update.total(), 10);
  EXPECT_EQ(update.unit(), "files");
  EXPECT_TRUE(update.indeterminate());
  EXPECT_EQ(update.condition(), v1::CONDITION_WARNING);
  EXPECT_EQ(update.stage(), "Copying");
  EXPECT_EQ(update.message(), "a.png");
  ASSERT_EQ(update.steps().steps_size(), 2);
  EXPECT_EQ(update.steps().steps(0).state(), v1::STEP_STATE_DONE);
  EXPECT_EQ(update.steps().steps(1).name(), "Write");
  EXPECT_EQ(update.steps().steps(1).done(), 2);
  EXPECT_EQ(update.steps().steps(1).total(), 0);
  EXPECT_TRUE(update.clear().empty());
}

TEST(ProgressReport, TellsNothingOfWhatIsAsBefore) {
  Progress same;
  same.percent = 40;
  same.stage = "Copying";
  EXPECT_EQ(changes(same, same).ByteSizeLong(), 0U);
}

TEST(ProgressReport, LeavesOutOnlyWhatNoReportMayHave) {
  Progress before;
  before.percent = 40;
  before.done = 4;
  Progress now;
  now.percent = 120;
  now.done = -1;
  now.total = 10;
  now.steps = {{"", progress::StepState::running, {}, {}}};
  now.stage = "Copying";
  const auto told = tellable(before, now);
  EXPECT_EQ(told.percent, 40);
  EXPECT_EQ(told.done, 4);
  EXPECT_EQ(told.total, 10);
  EXPECT_TRUE(told.steps.empty());
  EXPECT_EQ(told.stage, "Copying");
  EXPECT_TRUE(check_update(changes(before, told)));
  now = told;
  now.percent = 50;
  EXPECT_EQ(tellable(told, now), now);
}

TEST(ProgressReport, ClearsWhatIsNotKnownAnyMore) {
  Progress before;
  before.percent = 40;
  before.unit = "files";
  before.condition = progress::Condition::paused;
  before.steps = {{"Read", progress::StepState::failed, {}, {}}};
  const auto update = changes(before, {});
  EXPECT_TRUE(check_update(update));
  EXPECT_THAT(update.clear(), ElementsAre("percent", "unit", "condition", "steps"));
  EXPECT_FALSE(update.has_percent());
}

}  // namespace
}  // namespace taskwire::engine
