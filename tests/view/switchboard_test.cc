#include "view/switchboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = Connection::State;

class SwitchboardTest : public testing::Test {
 protected:
  std::vector<Request> sent() {
    std::vector<Request> requests;
    for (auto& sending : board_.take_requests(now_)) {
      number_ = sending.number;
      requests.push_back(std::move(sending.request));
    }
    return requests;
  }
  std::vector<std::string> open_urls() {
    std::vector<std::string> urls;
    for (const auto* feed : board_.feeds()) {
      if (feed->connection().stream() != 0) urls.push_back(feed->url());
    }
    return urls;
  }
  int last_feed() { return board_.feeds().back()->number(); }
  void start_all() {
    for (const auto pattern : {Pattern::words, Pattern::json, Pattern::number}) board_.toggle(pattern, now_);
  }

  Time now_{Millis(1'000'000)};
  std::uint32_t random_ = 0;
  Switchboard board_{[this] { return random_ += 0x1000'0000; }};
  int number_ = 0;
};

TEST_F(SwitchboardTest, OpensNothingByItself) {
  EXPECT_THAT(open_urls(), IsEmpty());
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(board_.deadline(), std::nullopt);
  EXPECT_FALSE(board_.has_clock());
}

TEST_F(SwitchboardTest, StartsAndStopsEachHeartRate) {
  board_.toggle(Pattern::json, now_);
  EXPECT_THAT(open_urls(), ElementsAre("/json-item"));
  const int feed = board_.heart_rates()[1].feed().number();
  board_.stream_opened(feed, now_);
  board_.received(feed, {"heartRate", "e1-2", R"({"rate":70})"}, now_);
  EXPECT_THAT(board_.heart_rates()[1].readings(), ElementsAre(70));
  board_.toggle(Pattern::json, now_);
  EXPECT_THAT(open_urls(), IsEmpty());
  board_.toggle(Pattern::json, now_);
  EXPECT_THAT(open_urls(), ElementsAre("/json-item?lastEventId=e1-2"));
}

TEST_F(SwitchboardTest, SubscribesAndLeaves) {
  board_.subscribe("news", now_);
  board_.subscribe("news", now_);
  board_.subscribe("a/b", now_);
  EXPECT_THAT(open_urls(), ElementsAre("/stream/news", "/stream/a%2Fb"));
  board_.leave("news");
  EXPECT_THAT(open_urls(), ElementsAre("/stream/a%2Fb"));
}

TEST_F(SwitchboardTest, SaysWhatNoPathCanCarry) {
  for (const auto* name : {"", ".", ".."}) {
    board_.subscribe(name, now_);
    ASSERT_TRUE(board_.console().problem()) << name;
    board_.dismiss("console");
    board_.publish(name, "", Form::text, "x", now_);
    ASSERT_TRUE(board_.console().publishing().problem()) << name;
    board_.dismiss("publish");
    board_.send(name, Form::text, "x", now_);
    ASSERT_TRUE(board_.sending().problem()) << name;
    board_.dismiss("send");
    EXPECT_FALSE(board_.console().problem() || board_.console().publishing().problem() || board_.sending().problem());
  }
  EXPECT_THAT(open_urls(), IsEmpty());
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(SwitchboardTest, LeavesAConnectionForWhatIsSent) {
  start_all();
  EXPECT_TRUE(board_.choose_user("alice", now_));
  EXPECT_EQ(open_urls().size(), 4U);
  board_.subscribe("alarms", now_);
  EXPECT_EQ(board_.console().problem()->title, "All connections are in use");
  board_.run(Purpose::run_task, now_);
  EXPECT_TRUE(board_.run_of(Purpose::run_task)->problem());
  board_.toggle(Pattern::words, now_);
  board_.subscribe("alarms", now_);
  EXPECT_FALSE(board_.console().problem());
  board_.toggle(Pattern::words, now_);
  EXPECT_TRUE(board_.heart_problem());
  board_.dismiss("heart");
  EXPECT_FALSE(board_.heart_problem());
  EXPECT_TRUE(board_.choose_user("bob", now_));  // in place of alice
  EXPECT_FALSE(board_.inbox_problem());
  EXPECT_EQ(open_urls().size(), 4U);
  board_.disconnect();
  board_.toggle(Pattern::words, now_);
  EXPECT_TRUE(board_.choose_user("bob", now_));
  EXPECT_TRUE(board_.inbox_problem());
  EXPECT_FALSE(board_.is_connected_as("bob"));
}

TEST_F(SwitchboardTest, CountsLongRequestsAsConnections) {
  board_.choose_user("alice", now_);
  board_.run(Purpose::run_task, now_);
  board_.run(Purpose::run_object, now_);
  board_.subscribe("a", now_);
  EXPECT_FALSE(board_.console().problem());
  board_.subscribe("b", now_);
  EXPECT_TRUE(board_.console().problem());
}

TEST_F(SwitchboardTest, PublishesWithTypeAndKey) {
  board_.publish("news", "alert", Form::text, "fire", now_);
  const auto requests = sent();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/publish/news?event=alert");
  EXPECT_EQ(requests[0].form, Form::text);
  EXPECT_EQ(requests[0].body, "fire");
  EXPECT_EQ(requests[0].idempotency_key.size(), 32U);
  board_.answered(number_, {202, R"({"id":"e1-9"})"}, now_);
  EXPECT_EQ(board_.console().publishing().accepted_id(), "e1-9");
}

TEST_F(SwitchboardTest, SaysAtTheFirstTimeoutWhatMayKeepAPost) {
  const Answer late{0, "", Millis(0), true};
  board_.publish("news", "", Form::text, "fire", now_);
  EXPECT_EQ(sent().size(), 1U);
  board_.answered(number_, {}, now_);
  EXPECT_FALSE(board_.console().publishing().problem()) << "refused at once, not late";
  now_ += Millis(60'000);
  EXPECT_EQ(sent().size(), 1U);
  board_.answered(number_, late, now_);
  EXPECT_TRUE(board_.console().publishing().is_busy());
  EXPECT_EQ(board_.console().publishing().problem()->title, "No answer yet");
  EXPECT_FALSE(board_.sending().problem());
  now_ += Millis(60'000);
  EXPECT_EQ(sent().size(), 1U);
  board_.answered(number_, {202, R"({"id":"e1-9"})"}, now_);
  EXPECT_FALSE(board_.console().publishing().problem());
  board_.send("bob", Form::text, "hi", now_);
  EXPECT_EQ(sent().size(), 1U);
  board_.answered(number_, late, now_);
  EXPECT_TRUE(board_.sending().problem());
}

TEST_F(SwitchboardTest, SendsToAnybody) {
  board_.send("bob", Form::json, "{}", now_);
  const auto requests = sent();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/api/messages/bob");
  board_.answered(number_, {400, R"({"detail":"no"})"}, now_);
  EXPECT_EQ(board_.sending().problem()->detail, "no");
}

TEST_F(SwitchboardTest, RunsALongRequestOnce) {
  board_.run(Purpose::run_task, now_);
  EXPECT_THAT(sent(), IsEmpty()) << "for nobody";
  board_.choose_user("alice", now_);
  board_.run(Purpose::run_task, now_);
  board_.run(Purpose::run_task, now_);
  const auto requests = sent();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].path, "/sse/task/alice");
  EXPECT_GT(requests[0].timeout, Millis(60'000));
  EXPECT_EQ(requests[0].idempotency_key.size(), 32U);
  board_.answered(number_, {}, now_);
  EXPECT_THAT(sent(), IsEmpty()) << "sent again";
  EXPECT_TRUE(board_.run_of(Purpose::run_task)->problem());
  board_.dismiss("task");
  EXPECT_FALSE(board_.run_of(Purpose::run_task)->problem());
  board_.run(Purpose::run_task, now_);
  EXPECT_EQ(sent().at(0).idempotency_key, requests[0].idempotency_key);
}

TEST_F(SwitchboardTest, RunsNothingForAPersonWhoIsNotConnected) {
  board_.choose_user("alice", now_);
  board_.disconnect();
  board_.run(Purpose::run_task, now_);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(SwitchboardTest, KeepsTheRunsOfPeopleApart) {
  board_.choose_user("alice", now_);
  board_.run(Purpose::run_task, now_);
  EXPECT_EQ(sent().at(0).path, "/sse/task/alice");
  const int of_alice = number_;
  board_.choose_user("bob", now_);
  EXPECT_EQ(board_.run_of(Purpose::run_task), nullptr);
  board_.run(Purpose::run_task, now_);
  EXPECT_EQ(sent().at(0).path, "/sse/task/bob");
  board_.answered(of_alice, {200, R"({"message":"Done","data":"x"})"}, now_);
  EXPECT_TRUE(board_.run_of(Purpose::run_task)->is_busy());
  EXPECT_EQ(board_.announcer().take(now_), std::nullopt) << "bob's has not ended";
  board_.choose_user("alice", now_);
  EXPECT_EQ(board_.run_of(Purpose::run_task)->message(), "Done");
}

TEST_F(SwitchboardTest, FindsARunUnderWayAgain) {
  board_.choose_user("alice", now_);
  board_.run(Purpose::run_task, now_);
  EXPECT_EQ(sent().size(), 1U);
  board_.choose_user("bob", now_);
  board_.choose_user("alice", now_);
  EXPECT_TRUE(board_.run_of(Purpose::run_task)->is_busy());
  board_.run(Purpose::run_task, now_);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(SwitchboardTest, ShowsTheAnswerOfTheRunThatItIsOf) {
  board_.choose_user("alice", now_);
  board_.run(Purpose::run_object, now_);
  EXPECT_EQ(sent()[0].path, "/sse/object/alice");
  EXPECT_TRUE(board_.has_clock());
  board_.answered(number_, {200, R"({"message":"Done","data":"x"})"}, now_);
  EXPECT_EQ(board_.run_of(Purpose::run_object)->message(), "Done");
  EXPECT_EQ(board_.run_of(Purpose::run_task), nullptr);
}

TEST_F(SwitchboardTest, RefusesANameThatNobodyCanHave) {
  for (const auto* name : {"", "a b", "."}) EXPECT_FALSE(board_.choose_user(name, now_)) << name;
  EXPECT_FALSE(board_.inbox());
}

TEST_F(SwitchboardTest, ShowsTheMessagesOfThePersonChosen) {
  board_.choose_user("alice", now_);
  const int feed = last_feed();
  board_.received(feed, {"message", "e1-1", "hi"}, now_);
  board_.choose_user("alice", now_);
  EXPECT_FALSE(board_.inbox()->messages().is_empty());
  board_.choose_user("bob", now_);
  EXPECT_TRUE(board_.inbox()->messages().is_empty());
  board_.received(feed, {"message", "e1-2", "for alice"}, now_);
  EXPECT_TRUE(board_.inbox()->messages().is_empty());
}

TEST_F(SwitchboardTest, PutsEveryStreamAwayAndTakesItUpWhereItWas) {
  start_all();
  board_.subscribe("news", now_);
  board_.stream_opened(last_feed(), now_);
  board_.stream_placed(last_feed(), "e1-7", now_);
  board_.toggle(Pattern::json, now_);
  board_.pause();
  EXPECT_THAT(open_urls(), IsEmpty());
  board_.resume(now_);
  EXPECT_THAT(open_urls(), ElementsAre("/string-item", "/sse-item", "/stream/news?lastEventId=e1-7"));
}

TEST_F(SwitchboardTest, MakesAStreamAnewAfterATime) {
  board_.subscribe("news", now_);
  const int feed = last_feed();
  board_.stream_opened(feed, now_);
  board_.stream_broke(feed, true, now_, Millis(5'000));
  board_.announcer().clear();
  EXPECT_TRUE(board_.has_clock());
  EXPECT_EQ(board_.deadline(), now_ + Millis(5'000));
  EXPECT_THAT(open_urls(), IsEmpty());
  now_ += Millis(5'000);
  board_.tick(true, now_);
  EXPECT_THAT(open_urls(), ElementsAre("/stream/news"));
}

TEST_F(SwitchboardTest, ReconnectsAtOnceWhenAsked) {
  board_.subscribe("news", now_);
  board_.stream_broke(last_feed(), true, now_);
  board_.reconnect(last_feed(), now_);
  EXPECT_THAT(open_urls(), ElementsAre("/stream/news"));
}

TEST_F(SwitchboardTest, AsksAgainOnlyWhereThatIsSomeUse) {
  board_.subscribe("news", now_);
  board_.stream_refused(last_feed(), {503, "", Millis(9'000)}, now_);
  EXPECT_EQ(board_.feeds().back()->connection().countdown(now_), Millis(9'000));
  board_.stream_refused(last_feed(), {400, R"({"detail":"no such channel"})"}, now_);
  EXPECT_FALSE(board_.console().is_subscribed("news"));
  EXPECT_EQ(board_.console().problem()->detail, "no such channel");
  board_.choose_user("alice", now_);
  board_.stream_refused(last_feed(), {404, ""}, now_);
  EXPECT_FALSE(board_.is_connected_as("alice"));
  EXPECT_TRUE(board_.inbox_problem());
  board_.dismiss("inbox");
  EXPECT_FALSE(board_.inbox_problem());
}

TEST_F(SwitchboardTest, TellsWhichConnectionWasLost) {
  board_.subscribe("news", now_);
  board_.stream_opened(last_feed(), now_);
  board_.received(last_feed(), {"heartbeat", "", "{}"}, now_);
  EXPECT_EQ(board_.announcer().take(now_), std::nullopt) << "its place is not known yet";
  board_.stream_placed(last_feed(), "e1-1", now_);
  EXPECT_EQ(board_.announcer().take(now_), "Channel news: connected.");
  board_.stream_broke(last_feed(), false, now_);
  now_ += Announcer::kPace;
  EXPECT_EQ(board_.announcer().take(now_), "Channel news: connection lost, reconnecting.");
}

TEST_F(SwitchboardTest, TellsNobodyWhoIsNotThere) {
  board_.subscribe("news", now_);
  board_.stream_opened(last_feed(), now_);
  board_.stream_placed(last_feed(), "e1-1", now_);
  board_.tick(false, now_);
  EXPECT_EQ(board_.announcer().take(now_), std::nullopt);
}

TEST_F(SwitchboardTest, IgnoresNewsOfAStreamThatIsNoMore) {
  board_.subscribe("news", now_);
  const int feed = last_feed();
  board_.leave("news");
  board_.stream_opened(feed, now_);
  board_.stream_broke(feed, true, now_);
  board_.stream_placed(feed, "e1-1", now_);
  board_.received(feed, {"message", "e1-1", "late"}, now_);
  board_.reconnect(feed, now_);
  EXPECT_TRUE(board_.console().log().is_empty());
  EXPECT_THAT(open_urls(), IsEmpty());
}

TEST_F(SwitchboardTest, HurriesWhenTheNetworkIsBack) {
  board_.toggle(Pattern::words, now_);
  board_.stream_broke(board_.heart_rates()[0].feed().number(), true, now_);
  board_.set_online(false, now_);
  board_.set_online(true, now_);
  EXPECT_EQ(board_.heart_rates()[0].feed().connection().state(), State::connecting);
}

}  // namespace
}  // namespace taskwire::view
