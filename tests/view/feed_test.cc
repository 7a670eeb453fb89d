#include "view/feed.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using State = Connection::State;

class FeedTest : public testing::Test {
 protected:
  void open() {
    if (feed_.connection().stream() == 0) feed_.connection().connect(now_);
    feed_.opened(now_);
    last_event_id_.clear();
  }
  Feed::Taken receive(std::string type, std::string data, std::string id = "") {
    if (!id.empty()) last_event_id_ = std::move(id);
    return feed_.received({std::move(type), last_event_id_, std::move(data)}, now_);
  }
  Feed::Taken reset(const std::string& reason) { return receive("reset", R"({"reason":")" + reason + R"("})"); }
  /// Cut, and opened anew by the page.
  void reopen() {
    feed_.broke(true, now_);
    feed_.connection().reconnect(now_);
    open();
  }

  Time now_{Millis(1'000'000)};
  Feed feed_{7, {"/stream/news", false, {}}, [] { return 0.5; }};
  std::string last_event_id_;
};

TEST_F(FeedTest, GivesEachItemWithItsId) {
  open();
  const auto taken = receive("message", "a", "e1-3");
  EXPECT_TRUE(taken.is_item);
  EXPECT_EQ(taken.id, "e1-3");
  EXPECT_EQ(taken.forgotten, 0U);
  EXPECT_EQ(feed_.status().cursor, "e1-3");
  EXPECT_EQ(feed_.status().items, 1);
}

TEST_F(FeedTest, TakesWhatIsSaidOfTheEngineForNoItem) {
  open();
  EXPECT_FALSE(receive("upstream", R"({"state":"down","since":"2026-01-02T10:30:45Z"})").is_item);
  EXPECT_EQ(feed_.connection().upstream().state, Upstream::State::down);
  EXPECT_TRUE(feed_.is_fresh()) << "what the stream says first may still come";
  EXPECT_FALSE(receive("upstream", "nonsense").is_item);
  EXPECT_EQ(feed_.connection().upstream().state, Upstream::State::down);
  EXPECT_FALSE(receive("upstream", R"({"state":"up"})").is_item);
  EXPECT_EQ(feed_.connection().upstream().state, Upstream::State::up);
  EXPECT_EQ(feed_.status().items, 0);
}

TEST_F(FeedTest, GivesNothingTwice) {
  open();
  (void)receive("message", "a", "e1-3");
  EXPECT_FALSE(receive("message", "a", "e1-3").is_item);
  EXPECT_FALSE(receive("message", "b", "e1-2").is_item);
  EXPECT_EQ(feed_.status().repeats, 2);
  EXPECT_TRUE(receive("message", "c", "e1-4").is_item);
}

TEST_F(FeedTest, ComparesIdsOnlySinceTheLastReset) {
  open();
  (void)receive("message", "a", "e1-30");
  (void)reset("epoch");
  (void)receive("synced", "{}", "e2-3");
  EXPECT_TRUE(receive("message", "b", "e2-4").is_item);
  (void)reset("ahead");
  (void)receive("synced", "{}", "e2-1");
  EXPECT_TRUE(receive("message", "c", "e2-2").is_item);
  EXPECT_EQ(feed_.status().repeats, 0);
  EXPECT_EQ(feed_.status().resets, 2);
}

TEST_F(FeedTest, GivesTheStateWithoutIds) {
  open();
  (void)receive("message", "a", "e1-3");
  (void)reset("expired");
  const auto taken = receive("message", "b");  // the browser hands over the last id again
  EXPECT_TRUE(taken.is_item);
  EXPECT_EQ(taken.id, "");
  EXPECT_TRUE(receive("message", "c").is_item);
  EXPECT_EQ(feed_.status().repeats, 0);
}

TEST_F(FeedTest, ForgetsEverythingWhereEverythingIsSentAgain) {
  open();
  for (const auto* reason : {"epoch", "ahead", "malformed"}) {
    EXPECT_EQ(reset(reason).forgotten, Feed::kAll) << reason;
  }
}

TEST_F(FeedTest, KeepsWhatWasCompleteWhereOnlyTheRestIsSent) {
  open();
  (void)receive("message", "a", "e1-3");
  EXPECT_EQ(reset("expired").forgotten, 0U);
  (void)receive("message", "b");
  (void)receive("synced", "{}", "e1-9");
  EXPECT_EQ(reset("expired").forgotten, 0U);
}

TEST_F(FeedTest, ForgetsOnlyItsOwnAtTheStart) {
  open();
  EXPECT_EQ(reset("start").forgotten, 0U);
  (void)receive("message", "a");
  reopen();
  EXPECT_EQ(reset("start").forgotten, 1U);
}

TEST_F(FeedTest, ForgetsAStateThatWasCut) {
  open();
  (void)receive("message", "a", "e1-3");
  (void)reset("expired");
  (void)receive("message", "b");
  (void)receive("message", "c");
  reopen();
  EXPECT_EQ(feed_.url(), "/stream/news?lastEventId=e1-3");
  EXPECT_EQ(reset("expired").forgotten, 2U);
}

TEST_F(FeedTest, TakesWhatNeitherHasAnIdNorIsPartOfTheState) {
  open();
  EXPECT_TRUE(receive("message", "a").is_item);
  EXPECT_TRUE(feed_.lacks_own_id({"message", "", "a"}));
  (void)receive("message", "b", "e1-3");
  EXPECT_TRUE(feed_.lacks_own_id({"message", "e1-3", "c"}));
  EXPECT_FALSE(feed_.lacks_own_id({"message", "e1-4", "c"}));
}

TEST_F(FeedTest, ResumesWhereItIs) {
  EXPECT_EQ(feed_.url(), "/stream/news");
  open();
  (void)receive("heartbeat", "{}", "e1-5");
  EXPECT_EQ(feed_.url(), "/stream/news?lastEventId=e1-5");
  feed_.placed("e1-6", now_);
  EXPECT_EQ(feed_.url(), "/stream/news?lastEventId=e1-6");
  feed_.placed("", now_);
  EXPECT_EQ(feed_.url(), "/stream/news?lastEventId=e1-6");
}

TEST_F(FeedTest, AsksForEverythingThatIsKeptUntilItHasAnId) {
  feed_ = Feed(1, {"/sse/connect/alice", true, {}}, [] { return 0.5; });
  EXPECT_EQ(feed_.url(), "/sse/connect/alice?from=earliest");
  open();
  (void)reset("start");
  reopen();
  EXPECT_EQ(feed_.url(), "/sse/connect/alice?from=earliest");
  (void)receive("synced", "{}", "e1-0");
  EXPECT_EQ(feed_.url(), "/sse/connect/alice?lastEventId=e1-0");
}

TEST_F(FeedTest, IsLiveOnceItsPlaceIsKnown) {
  open();
  (void)receive("heartbeat", "{}");
  (void)receive("message", "without an id");
  feed_.placed("", now_);
  EXPECT_EQ(feed_.connection().state(), State::connecting);
  feed_.placed("e1-1", now_);
  EXPECT_EQ(feed_.connection().state(), State::live);
  reopen();
  EXPECT_EQ(feed_.connection().state(), State::connecting);
  (void)receive("heartbeat", "{}", "e1-2");
  EXPECT_EQ(feed_.connection().state(), State::live);
  reopen();
  (void)reset("epoch");
  EXPECT_EQ(feed_.connection().state(), State::live);
}

TEST_F(FeedTest, IsLiveAtOnceWhereIdsAreHidden) {
  feed_ = Feed(1, {"/string-item", false, "heartRate"}, [] { return 0.5; });
  open();
  EXPECT_EQ(feed_.connection().state(), Connection::State::live);
}

TEST_F(FeedTest, HearsHeartbeatsBeforeItsPlaceIsKnown) {
  open();
  now_ += Millis(30'000);
  (void)receive("heartbeat", "{}");
  EXPECT_EQ(feed_.connection().deadline(), now_ + Connection::kPatience);
}

TEST_F(FeedTest, CountsHeartbeatsAsNoItems) {
  open();
  now_ += Millis(500);
  EXPECT_FALSE(receive("heartbeat", R"({"intervalMs":60000})", "e1-5").is_item);
  EXPECT_EQ(feed_.status().heartbeat_at, now_);
  EXPECT_EQ(feed_.connection().deadline(), now_ + Millis(150'000));
  EXPECT_TRUE(receive("message", "a", "e1-6").is_item);
}

TEST_F(FeedTest, GivesOnlyTheTypeItIsFor) {
  feed_ = Feed(1, {"/string-item", false, "heartRate"}, [] { return 0.5; });
  open();
  EXPECT_FALSE(receive("message", "a", "e1-1").is_item);
  EXPECT_TRUE(receive("heartRate", "b", "e1-2").is_item);
}

TEST_F(FeedTest, IsFreshUntilSomethingArrives) {
  EXPECT_FALSE(feed_.is_fresh());
  open();
  EXPECT_TRUE(feed_.is_fresh());
  (void)receive("message", "a", "e1-1");
  EXPECT_FALSE(feed_.is_fresh());
  open();
  EXPECT_TRUE(feed_.is_fresh());
}

TEST_F(FeedTest, IgnoresWhatComesAfterItWasStopped) {
  open();
  feed_.connection().disconnect();
  EXPECT_FALSE(receive("message", "a", "e1-1").is_item);
  feed_.placed("e1-2", now_);
  feed_.heartbeat({"message", "e1-3", ""}, now_);
  EXPECT_EQ(feed_.status().cursor, "");
  EXPECT_EQ(feed_.status().heartbeat_at, std::nullopt);
}

}  // namespace
}  // namespace taskwire::view
