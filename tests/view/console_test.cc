#include "view/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using testing::ElementsAre;

class ConsoleTest : public testing::Test {
 protected:
  void subscribe(const char* channel, int feed) {
    console_.subscribe(
        channel, feed, [] { return 0.5; }, now_);
    console_.subscriptions().back()->feed.opened(now_);
  }
  std::vector<std::string> logged() {
    std::vector<std::string> lines;
    for (const auto* entry : console_.log().shown()) {
      lines.push_back(entry->topic + ' ' + entry->type + ' ' + entry->id + ' ' + entry->text);
    }
    return lines;
  }

  Time now_{Millis(1'000'000)};
  Console console_;
};

TEST_F(ConsoleTest, ListensToSeveralChannels) {
  subscribe("news", 1);
  subscribe("alarms", 2);
  EXPECT_EQ(console_.subscriptions()[0]->feed.url(), "/stream/news");
  console_.received(2, {"alarm", "e1-2", "fire"}, now_);
  console_.received(1, {"message", "e1-1", "calm"}, now_);
  EXPECT_THAT(logged(), ElementsAre("news message e1-1 calm", "alarms alarm e1-2 fire"));
}

TEST_F(ConsoleTest, ListensToAChannelOnce) {
  subscribe("news", 1);
  EXPECT_FALSE(console_.subscribe(
      "news", 2, [] { return 0.5; }, now_));
  EXPECT_EQ(console_.subscriptions().size(), 1U);
}

TEST_F(ConsoleTest, LeavesAChannel) {
  subscribe("news", 1);
  subscribe("alarms", 2);
  console_.leave("news");
  EXPECT_FALSE(console_.is_subscribed("news"));
  EXPECT_TRUE(console_.is_subscribed("alarms"));
  console_.received(1, {"message", "e1-1", "late"}, now_);
  EXPECT_TRUE(console_.log().is_empty());
}

TEST_F(ConsoleTest, LeavesAChannelThatTheServerRefusesAndSaysWhy) {
  subscribe("a b", 1);
  console_.refused(1, {400, R"({"title":"Bad Request","detail":"The channel name is wrong.","reason":"R"})"});
  EXPECT_FALSE(console_.is_subscribed("a b"));
  ASSERT_TRUE(console_.problem());
  EXPECT_EQ(console_.problem()->detail, "The channel name is wrong.");
  subscribe("news", 2);
  EXPECT_FALSE(console_.problem());
}

TEST_F(ConsoleTest, LogsThatItBeginsAnewButNoHeartbeats) {
  subscribe("news", 1);
  console_.received(1, {"heartbeat", "e1-1", "{}"}, now_);
  console_.received(1, {"reset", "e1-1", R"({"reason":"epoch"})"}, now_);
  console_.received(1, {"message", "e1-1", "kept"}, now_);
  EXPECT_THAT(logged(), ElementsAre("news message  kept", "news reset  The log is another one; the state follows"));
}

TEST_F(ConsoleTest, ShowsWhatIsSentAgainAfterAResetOnce) {
  subscribe("news", 1);
  subscribe("alarms", 2);
  console_.received(1, {"message", "e1-1", "one"}, now_);
  console_.received(2, {"message", "e1-2", "fire"}, now_);
  console_.received(1, {"message", "e1-3", "two"}, now_);
  console_.received(1, {"reset", "", R"({"reason":"epoch"})"}, now_);
  console_.received(1, {"message", "", "one"}, now_);
  console_.received(1, {"message", "", "two"}, now_);
  console_.received(1, {"synced", "e2-3", "{}"}, now_);
  EXPECT_THAT(logged(),
              ElementsAre("news message  two", "news message  one",
                          "news reset  The log is another one; the state follows", "alarms message e1-2 fire"));
}

TEST_F(ConsoleTest, ShowsAStateThatWasCutOnce) {
  const auto begin_anew = [this] { console_.received(1, {"reset", "", R"({"reason":"expired"})"}, now_); };
  subscribe("news", 1);
  console_.received(1, {"message", "e1-1", "kept"}, now_);
  begin_anew();
  console_.received(1, {"message", "", "sent again"}, now_);
  console_.subscriptions()[0]->feed.broke(true, now_);
  console_.subscriptions()[0]->feed.connection().reconnect(now_);
  console_.subscriptions()[0]->feed.opened(now_);
  begin_anew();
  console_.received(1, {"message", "", "sent again"}, now_);
  const std::string reset = "news reset  Some history is no longer kept; the state follows";
  EXPECT_THAT(logged(), ElementsAre("news message  sent again", reset, reset, "news message e1-1 kept"));
}

TEST_F(ConsoleTest, KeepsWhatAnEarlierSubscriptionShowedWhereTheNextOneStarts) {
  subscribe("news", 1);
  console_.received(1, {"message", "e1-1", "one"}, now_);
  console_.leave("news");
  subscribe("news", 2);
  console_.received(2, {"reset", "", R"({"reason":"start"})"}, now_);
  EXPECT_THAT(logged(), ElementsAre("news reset  The state follows", "news message e1-1 one"));
}

TEST_F(ConsoleTest, ShortensWhatIsVeryLong) {
  subscribe("news", 1);
  console_.received(1, {"message", "e1-1", std::string(60'000, 'x')}, now_);
  EXPECT_LT(console_.log().shown().front()->text.size(), Console::kMostBytes + 10);
}

}  // namespace
}  // namespace taskwire::view
