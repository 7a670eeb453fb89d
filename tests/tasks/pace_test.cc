#include "tasks/pace.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class PaceTest : public testing::Test {
 protected:
  /// `done` of 1000 after so long.
  void report(std::int64_t done, milliseconds after = seconds(1)) {
    now += after;
    progress.set_done(done);
    progress.set_total(1000);
    pace.note(progress, now);
  }
  [[nodiscard]] std::int64_t left() const {
    const auto left = pace.left(now);
    return left ? left->count() : -1;
  }

  Pace pace;
  v1::Progress progress;
  SteadyTime now{seconds(1000)};
};

TEST_F(PaceTest, TellsWhatIsLeftByTheRateOfTheLastWhile) {
  for (int i = 1; i <= 4; ++i) {
    report(10 * i);
    EXPECT_EQ(left(), -1) << "of so little there is no rate";
  }
  report(50);
  EXPECT_EQ(left(), 95);
  report(60);
  EXPECT_EQ(left(), 94);
  now += seconds(10);
  EXPECT_EQ(left(), 84) << "time goes by without a report";
}

TEST_F(PaceTest, ForgetsWhatWasLongAgo) {
  for (int i = 1; i <= 100; ++i) report(i);
  for (int i = 1; i <= 70; ++i) report(100 + 10 * i);
  EXPECT_EQ(left(), 20);
}

TEST_F(PaceTest, IsSilentWhileTheRateJumps) {
  for (int i = 1; i <= 10; ++i) report(i);
  EXPECT_NE(left(), -1);
  report(500);
  EXPECT_EQ(left(), -1);
}

TEST_F(PaceTest, IsSilentWhereItDoesNotGoOn) {
  for (int i = 0; i < 10; ++i) report(10);
  EXPECT_EQ(left(), -1);
}

TEST_F(PaceTest, IsSilentWhereItIsNotKnownHowMuchThereIs) {
  for (int i = 0; i < 10; ++i) {
    now += seconds(1);
    progress.set_done(i);
    pace.note(progress, now);
    EXPECT_EQ(left(), -1);
  }
  progress.set_indeterminate(true);
  for (int i = 1; i < 10; ++i) report(10 * i);
  EXPECT_EQ(left(), -1);
  progress.set_indeterminate(false);
  progress.set_condition(v1::CONDITION_PAUSED);
  for (int i = 10; i < 20; ++i) report(10 * i);
  EXPECT_EQ(left(), -1);
}

TEST_F(PaceTest, GoesByThePercentageWhereCountsBeginAnew) {
  progress.set_percent_is_told(true);
  for (int i = 1; i <= 10; ++i) {
    progress.set_percent(i);
    report(500);
  }
  EXPECT_EQ(left(), 90);
}

TEST_F(PaceTest, BeginsAnewWithWhatBeginsAnew) {
  for (int i = 1; i <= 10; ++i) report(10 * i);
  EXPECT_NE(left(), -1);
  report(0);
  EXPECT_EQ(left(), -1);
}

TEST_F(PaceTest, IsSilentAtTheEndAndOfWhatTakesForEver) {
  for (int i = 1; i <= 10; ++i) report(100 * i);
  EXPECT_EQ(left(), -1);
  Pace slow;
  progress.set_total(1'000'000'000);
  for (int i = 1; i <= 10; ++i) {
    now += seconds(5);
    progress.set_done(i);
    slow.note(progress, now);
  }
  EXPECT_FALSE(slow.left(now));
}

TEST_F(PaceTest, ManyReportsAtOnceAreOneMoment) {
  for (int i = 1; i <= 1000; ++i) report(i / 2, milliseconds(10));
  EXPECT_GE(left(), 9);
  EXPECT_LE(left(), 11);
}

TEST_F(PaceTest, KnowsItsHabit) {
  for (int i = 1; i <= 3; ++i) report(i, milliseconds(100));
  EXPECT_FALSE(pace.stalled_at());
  report(4, milliseconds(100));
  ASSERT_TRUE(pace.stalled_at());
  EXPECT_EQ(*pace.stalled_at() - now, seconds(20)) << "not at once";
  report(5, seconds(10));
  EXPECT_EQ(*pace.stalled_at() - now, seconds(40));
  for (int i = 0; i < 20; ++i) report(6 + i, milliseconds(100));
  EXPECT_GT(*pace.stalled_at() - now, seconds(25)) << "it came in bursts before";
  for (int i = 0; i < 100; ++i) report(26 + i, milliseconds(100));
  EXPECT_EQ(*pace.stalled_at() - now, seconds(20)) << "of the last while";
  now += seconds(15);
  pace.hear(now);
  EXPECT_EQ(*pace.stalled_at() - now, seconds(60)) << "whatever it is heard by";
}

}  // namespace
}  // namespace taskwire::engine
