#include "log/tail_feed.h"

#include <gtest/gtest.h>
#include <variant>

#include "engine/support/test_log.h"

namespace taskwire::engine {
namespace {

class TailFeedTest : public testing::Test {
 protected:
  std::string next() {
    auto next = feed.next();
    if (const auto* const error = std::get_if<Error>(&next)) return error->name();
    if (std::holds_alternative<Feed::Nothing>(next)) return "nothing";
    if (!std::holds_alternative<WatchMessage>(next)) return "in the store";
    const auto message = parsed(std::get<WatchMessage>(next));
    if (message.has_start()) return "start " + message.start().after();
    return "batch " + message.batch().through();
  }

  TestLog log;
  TailFeed feed{*log.log, {}, {}};
};

TEST_F(TailFeedTest, GivesWhatFollowsItsStart) {
  log.publish("channels/x");
  EXPECT_EQ(next(), "start " + log.cursor(1));
  EXPECT_EQ(next(), "nothing");
  log.publish("channels/x");
  EXPECT_EQ(next(), "batch " + log.cursor(2));
}

TEST_F(TailFeedTest, SaysThatTheTailCoversNothing) {
  log.log->tail().refill(0);
  EXPECT_EQ(next(), "STORE_FAILED");
}

TEST_F(TailFeedTest, BeginsAnewWhereTheTailDid) {
  log.publish("channels/x");
  EXPECT_EQ(next(), "start " + log.cursor(1));
  log.log->tail().refill(0);
  EXPECT_EQ(next(), "STORE_FAILED");
  log.log->tail().append(5, {});
  EXPECT_EQ(next(), "start " + log.cursor(5)) << "what lies in between is not in memory";
}

}  // namespace
}  // namespace taskwire::engine
