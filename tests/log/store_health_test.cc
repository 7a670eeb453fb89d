#include "log/store_health.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

#include "engine/support/captured_log.h"
#include "engine/support/failing_store.h"
#include "engine/support/test_log.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;

class StoreHealthTest : public testing::Test {
 protected:
  StoreHealthTest() {
    health->listen([this](StoreHealth::State state) {
      told += state.takes_writes ? state.reads ? "well " : "unreadable " : state.reads ? "ill " : "dead ";
    });
  }
  void write() {
    log->write<Cursor>(
        EventLog::Writer::caller, 0,
        [](Transaction& transaction) -> Result<Cursor> {
          v1::Event event;
          event.set_topic("channels/x");
          return transaction.append(std::move(event));
        },
        [](const Result<Cursor>&) {});
    log->commit_waiting();
  }
  void pass(milliseconds time) {
    kept.clock.advance(time);
    log->commit_waiting();
  }

  TestLog kept;
  FailingStore store{*kept.store};
  std::unique_ptr<EventLog> log = *EventLog::open(store, {});
  std::shared_ptr<StoreHealth> health = StoreHealth::of(*log, kept.clock, kept.clock);
  std::string told;
};

TEST_F(StoreHealthTest, TellsAtOnceHowItIs) {
  EXPECT_EQ(told, "well ");
}

TEST_F(StoreHealthTest, TellsEachChangeOnce) {
  write();
  store.fail_before = true;
  write();
  write();
  EXPECT_EQ(told, "well ill ");
  store.fail_before = false;
  write();
  write();
  EXPECT_EQ(told, "well ill well ");
}

TEST_F(StoreHealthTest, FindsOutByItselfThatTheStoreTakesWritesAgain) {
  store.fail_before = true;
  write();
  for (int i = 0; i < 3; ++i) pass(milliseconds(1000));
  EXPECT_EQ(store.commits, 4);
  EXPECT_EQ(told, "well ill ");
  store.fail_before = false;
  pass(milliseconds(999));
  EXPECT_EQ(told, "well ill ");
  pass(milliseconds(1));
  EXPECT_EQ(told, "well ill well ");
  pass(milliseconds(60'000));
  EXPECT_EQ(store.commits, 5) << "a store that is well is left alone";
  EXPECT_EQ(log->tail().head(), 0) << "trying leaves no event";
}

TEST_F(StoreHealthTest, TellsThatReadingFailsUntilNoneHasForAWhile) {
  store.fail_read = true;
  EXPECT_FALSE(log->read());
  EXPECT_FALSE(log->read());
  EXPECT_EQ(told, "well unreadable ");
  pass(milliseconds(29'000));
  EXPECT_FALSE(log->read());
  store.fail_read = false;
  EXPECT_TRUE(log->read()) << "which says nothing about other places";
  pass(milliseconds(29'999));
  EXPECT_EQ(told, "well unreadable ");
  pass(milliseconds(1));
  EXPECT_EQ(told, "well unreadable well ");
  EXPECT_EQ(kept.clock.timers(), 0U);
  store.fail_read = true;
  EXPECT_FALSE(log->read());
  EXPECT_EQ(told, "well unreadable well unreadable ");
}

TEST_F(StoreHealthTest, TellsOfReadingAndWritingApart) {
  store.fail_read = true;
  EXPECT_FALSE(log->read());
  store.fail_before = true;
  write();
  EXPECT_EQ(told, "well unreadable dead ");
  store.fail_before = store.fail_read = false;
  pass(milliseconds(1000));
  EXPECT_EQ(told, "well unreadable dead unreadable ");
}

TEST_F(StoreHealthTest, LogsFailedReadingsAtOnceAndThenNowAndAgain) {
  CapturedLog lines;
  const auto count = [&] {
    const auto text = lines.text();
    return std::count(text.begin(), text.end(), '\n');
  };
  store.fail_read = true;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(log->read());
  EXPECT_EQ(count(), 1);
  EXPECT_NE(lines.text().find("unreadable"), std::string::npos);
  for (int i = 0; i < 12; ++i) {
    pass(milliseconds(10'000));
    EXPECT_FALSE(log->read());
  }
  EXPECT_EQ(count(), 3);
  EXPECT_NE(lines.text().find("112 times"), std::string::npos) << lines.text();
}

TEST_F(StoreHealthTest, CallsNobodyAfterItsListenerLeft) {
  health->listen({});
  store.fail_before = true;
  write();
  EXPECT_EQ(told, "well ");
}

TEST_F(StoreHealthTest, TriesNothingAfterTheStopOfItsLog) {
  store.fail_before = true;
  write();
  log->stop();
  pass(milliseconds(1000));
  EXPECT_EQ(kept.clock.timers(), 0U);
}

TEST_F(StoreHealthTest, MayGoWhileItTries) {
  store.fail_before = true;
  write();
  health.reset();
  pass(milliseconds(60'000));
  EXPECT_EQ(store.commits, 1);
}

}  // namespace
}  // namespace taskwire::engine
