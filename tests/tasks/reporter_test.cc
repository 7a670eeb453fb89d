#include "tasks/reporter.h"

#include <gtest/gtest.h>
#include <vector>

#include "engine/support/manual_clock.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;

class ReporterTest : public testing::Test {
 protected:
  void report(std::int64_t done, const std::string& stage = "") {
    v1::Progress progress;
    progress.set_done(done);
    progress.set_stage(stage);
    reporter->report(std::move(progress));
  }
  void finish_write(bool is_written = true) { std::exchange(written, nullptr)(is_written); }

  ManualClock clock;
  std::vector<std::int64_t> writes;
  v1::Progress last;
  std::function<void(bool)> written;
  std::shared_ptr<Reporter> reporter = std::make_shared<Reporter>(
      clock, clock, milliseconds(100), [this](const v1::Progress& progress, std::function<void(bool)> done) {
        EXPECT_FALSE(written) << "two writes at a time";
        writes.push_back(progress.done());
        last = progress;
        written = std::move(done);
      });
};

TEST_F(ReporterTest, WritesTheLatestOnceAnInterval) {
  report(1);
  report(2);
  clock.advance(milliseconds(99));
  EXPECT_TRUE(writes.empty());
  report(3);
  clock.advance(milliseconds(1));
  EXPECT_EQ(writes, (std::vector<std::int64_t>{3}));
  finish_write();
  report(4);
  report(5);
  clock.advance(milliseconds(100));
  EXPECT_EQ(writes, (std::vector<std::int64_t>{3, 5}));
}

TEST_F(ReporterTest, WritesAtOnceAfterAnIntervalOfSilence) {
  clock.advance(milliseconds(250));
  report(1);
  EXPECT_EQ(writes, (std::vector<std::int64_t>{1}));
}

TEST_F(ReporterTest, LetsAChangeOfStagePassAtOnce) {
  report(1, "first");
  EXPECT_EQ(writes, (std::vector<std::int64_t>{1}));
  finish_write();
  report(2, "first");
  EXPECT_EQ(writes.size(), 1U);
  report(3, "second");
  EXPECT_EQ(writes, (std::vector<std::int64_t>{1, 3}));
}

TEST_F(ReporterTest, HoldsTheLatestWhileAWriteIsUnderWay) {
  report(1, "first");
  report(2, "second");
  clock.advance(milliseconds(500));
  report(3, "second");
  EXPECT_EQ(writes, (std::vector<std::int64_t>{1}));
  finish_write();
  EXPECT_EQ(writes, (std::vector<std::int64_t>{1, 3}));
  finish_write();
  clock.advance(milliseconds(500));
  EXPECT_EQ(writes.size(), 2U);
}

TEST_F(ReporterTest, NeedsTwoTimersHoweverManyReports) {
  for (int i = 0; i < 1000; ++i) report(i);
  EXPECT_EQ(clock.timers(), 2U) << "and one that looks whether it is silent";
}

TEST_F(ReporterTest, GivesBackTheLastReportAtItsEnd) {
  report(1, "first");
  report(2, "first");
  EXPECT_EQ(reporter->close()->done(), 2);
  report(3, "second");
  finish_write();
  clock.advance(milliseconds(500));
  EXPECT_EQ(writes, (std::vector<std::int64_t>{1}));
  EXPECT_FALSE(reporter->close());
}

TEST_F(ReporterTest, WritesAgainWhatFailedToBeWritten) {
  report(1, "first");
  finish_write(false);
  clock.advance(milliseconds(999));
  EXPECT_EQ(writes, (std::vector<std::int64_t>{1})) << "the store needs time";
  clock.advance(milliseconds(1));
  EXPECT_EQ(writes, (std::vector<std::int64_t>{1, 1}));
  report(2, "first");
  finish_write(false);
  clock.advance(milliseconds(1000));
  EXPECT_EQ(writes, (std::vector<std::int64_t>{1, 1, 2})) << "the latest wins";
}

TEST_F(ReporterTest, GivesBackAtItsEndWhatMayNotHaveBeenWritten) {
  report(1, "first");
  EXPECT_EQ(reporter->close()->done(), 1) << "its write may fail yet";
  finish_write(false);
  clock.advance(milliseconds(5000));
  EXPECT_EQ(writes, (std::vector<std::int64_t>{1}));
}

TEST_F(ReporterTest, MayGoWhileATimerWaits) {
  report(1);
  reporter.reset();
  clock.advance(milliseconds(500));
  EXPECT_TRUE(writes.empty());
}

TEST_F(ReporterTest, SaysHowLongTheRestTakes) {
  const auto report_part = [&](std::int64_t done) {
    v1::Progress progress;
    progress.set_done(done);
    progress.set_total(100);
    reporter->report(progress);
    if (written) finish_write();
    clock.advance(std::chrono::seconds(1));
    if (written) finish_write();
  };
  report_part(1);
  EXPECT_FALSE(last.has_eta_seconds());
  for (int i = 2; i <= 10; ++i) report_part(i);
  EXPECT_EQ(last.eta_seconds(), 90);
}

TEST_F(ReporterTest, SaysOnceThatItIsSilentAndOnceThatItIsNot) {
  const auto report_now = [&](v1::Condition condition = v1::CONDITION_UNSPECIFIED) {
    v1::Progress progress;
    progress.set_done(7);
    progress.set_condition(condition);
    reporter->report(progress);
    if (written) finish_write();
    clock.advance(milliseconds(100));
    if (written) finish_write();
  };
  for (int i = 0; i < 5; ++i) report_now();
  const auto before = writes.size();
  clock.advance(std::chrono::seconds(19));
  EXPECT_EQ(writes.size(), before);
  clock.advance(std::chrono::seconds(2));
  ASSERT_EQ(writes.size(), before + 1);
  EXPECT_TRUE(last.stalled());
  EXPECT_EQ(last.done(), 7);
  finish_write();
  clock.advance(std::chrono::minutes(10));
  EXPECT_EQ(writes.size(), before + 1);
  report_now();
  EXPECT_EQ(writes.size(), before + 2);
  EXPECT_FALSE(last.stalled());
  for (int i = 0; i < 20; ++i) report_now(v1::CONDITION_PAUSED);
  clock.advance(std::chrono::hours(1));
  EXPECT_FALSE(last.stalled()) << "who waits on purpose is not";
  for (int i = 0; i < 20; ++i) report_now();
  clock.advance(std::chrono::hours(8));
  EXPECT_TRUE(last.stalled());
  if (written) finish_write();
  reporter->hear();
  if (written) finish_write();
  EXPECT_FALSE(last.stalled()) << "it prints";
  (void)reporter->close();
  clock.advance(std::chrono::hours(1));
  EXPECT_FALSE(last.stalled()) << "nor who has ended";
}

}  // namespace
}  // namespace taskwire::engine
