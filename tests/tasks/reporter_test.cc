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
  std::function<void(bool)> written;
  std::shared_ptr<Reporter> reporter = std::make_shared<Reporter>(
      clock, clock, milliseconds(100), [this](const v1::Progress& progress, std::function<void(bool)> done) {
        EXPECT_FALSE(written) << "two writes at a time";
        writes.push_back(progress.done());
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

TEST_F(ReporterTest, NeedsOneTimerHoweverManyReports) {
  for (int i = 0; i < 1000; ++i) report(i);
  EXPECT_EQ(clock.timers(), 1U);
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

}  // namespace
}  // namespace taskwire::engine
