#include "sources/ticker.h"

#include <gtest/gtest.h>
#include <utility>

#include "engine/support/failing_store.h"
#include "engine/support/test_log.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Counts its readings; gives no event, or one that may not be, when told to.
class CountingSource final : public DemoSource {
 public:
  explicit CountingSource(int& readings, std::string& topic) : readings_(readings), topic_(topic) {}
  [[nodiscard]] std::string_view name() const override { return "counting"; }
  [[nodiscard]] std::optional<v1::PublishRequest> read(SystemTime) override {
    ++readings_;
    if (topic_.empty()) return std::nullopt;
    v1::PublishRequest event;
    event.set_topic(topic_);
    event.set_data(std::to_string(readings_));
    return event;
  }

 private:
  int& readings_;
  std::string& topic_;
};

class TickerTest : public testing::Test {
 protected:
  TickerTest() { ticker->start(); }
  void advance(milliseconds time) { kept.clock.advance(time); }
  std::string told() {
    std::string data;
    const auto page = log->tail().read(log->tail().select({}), 0);
    for (const auto& event : page->events) data += event->parse().data() + " ";
    return data;
  }

  TestLog kept;
  FailingStore store{*kept.store};
  std::unique_ptr<EventLog> log = *EventLog::open(store, {});
  int readings = 0;
  std::string topic = "channels/heart-rate";
  std::shared_ptr<Ticker> ticker = std::make_shared<Ticker>(Ticker::Means{*log, kept.clock, kept.clock},
                                                            std::make_unique<CountingSource>(readings, topic));
};

TEST_F(TickerTest, AppendsAReadingEveryTwoSeconds) {
  advance(milliseconds(0));
  log->commit_waiting();
  advance(milliseconds(1999));
  EXPECT_EQ(readings, 1);
  advance(milliseconds(1));
  log->commit_waiting();
  advance(milliseconds(2000));
  log->commit_waiting();
  EXPECT_EQ(told(), "1 2 3 ") << "on a channel that the engine alone writes";
}

TEST_F(TickerTest, KeepsItsPaceThoughWritesTakeTime) {
  for (int i = 0; i < 5; ++i) {
    advance(milliseconds(500));
    log->commit_waiting();
    advance(milliseconds(1500));
  }
  log->commit_waiting();
  EXPECT_EQ(readings, 6);
}

TEST_F(TickerTest, PilesUpNothingWhileAWriteTakesLong) {
  advance(seconds(0));
  advance(seconds(60));
  EXPECT_EQ(readings, 1);
  log->commit_waiting();
  advance(seconds(0));
  EXPECT_EQ(readings, 2);
  log->commit_waiting();
  advance(milliseconds(1999));
  EXPECT_EQ(readings, 2) << "what was missed is not made up for";
  advance(milliseconds(1));
  EXPECT_EQ(readings, 3);
}

TEST_F(TickerTest, TriesAgainAtTheNextIntervalAfterAFailedWrite) {
  store.fail_before = true;
  advance(seconds(0));
  log->commit_waiting();
  advance(milliseconds(1999));
  EXPECT_EQ(readings, 1);
  store.fail_before = false;
  advance(milliseconds(1));
  log->commit_waiting();
  EXPECT_EQ(told(), "2 ");
}

TEST_F(TickerTest, GoesOnAfterAReadingWithoutAnEvent) {
  topic = "";
  advance(seconds(0));
  EXPECT_FALSE(log->commit_waiting());
  topic = "channels/host";
  advance(seconds(2));
  EXPECT_TRUE(log->commit_waiting());
  EXPECT_EQ(told(), "2 ");
}

TEST_F(TickerTest, AppendsNothingThatIsNoEvent) {
  topic = "nonsense";
  advance(seconds(0));
  EXPECT_FALSE(log->commit_waiting());
  topic = "channels/host";
  advance(seconds(2));
  log->commit_waiting();
  EXPECT_EQ(told(), "2 ");
}

TEST_F(TickerTest, EndsWithItsOwner) {
  advance(seconds(0));
  ticker.reset();
  log->commit_waiting();
  advance(seconds(60));
  EXPECT_EQ(readings, 1);
}

TEST_F(TickerTest, EndsWithTheLog) {
  log->start();
  log->stop();
  advance(seconds(2));
  advance(seconds(2));
  EXPECT_EQ(told(), "");
}

}  // namespace
}  // namespace taskwire::engine
