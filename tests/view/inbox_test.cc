#include "view/inbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class InboxTest : public testing::Test {
 protected:
  InboxTest() {
    inbox_.feed().connection().connect(now_);
    inbox_.feed().opened(now_);
  }
  void receive(std::string data, std::string id, std::string type = "message") {
    inbox_.received({std::move(type), std::move(id), std::move(data)}, now_);
  }
  std::vector<std::string> texts() {
    std::vector<std::string> texts;
    for (const auto* message : inbox_.messages().shown()) texts.push_back(message->text);
    return texts;
  }

  Time now_{Millis(1'000'000)};
  Inbox inbox_{"alice", 1, [] { return 0.5; }};
};

TEST_F(InboxTest, AsksFirstForAllThatIsKept) {
  EXPECT_EQ(inbox_.feed().url(), "/sse/connect/alice?from=earliest");
  receive("hello", "e1-4");
  EXPECT_EQ(inbox_.feed().url(), "/sse/connect/alice?lastEventId=e1-4");
}

TEST_F(InboxTest, ShowsTheNewestFirstAndWhole) {
  receive("one", "e1-1");
  receive("two\nlines", "e1-2");
  receive("typed", "e1-3", "note");
  EXPECT_THAT(texts(), ElementsAre("typed", "two\nlines", "one"));
  EXPECT_EQ(inbox_.messages().shown().front()->type, "note");
}

TEST_F(InboxTest, ShowsTheGreetingAsNoMessage) {
  receive("User 'alice' connected", "");
  EXPECT_THAT(texts(), IsEmpty());
  EXPECT_EQ(inbox_.greeted_at(), now_);
  receive("hello", "e1-1");
  inbox_.feed().opened(now_);
  receive("User 'alice' connected", "e1-1");  // the browser hands over the last id again
  EXPECT_THAT(texts(), ElementsAre("hello"));
  EXPECT_EQ(inbox_.feed().status().repeats, 0);
}

TEST_F(InboxTest, ShowsAMessageThatReadsLikeTheGreeting) {
  receive("User 'alice' connected", "");
  receive("User 'alice' connected", "e1-1");
  EXPECT_THAT(texts(), ElementsAre("User 'alice' connected"));
  inbox_.feed().opened(now_);
  receive("User 'alice' connected", "e1-2");
  EXPECT_EQ(texts().size(), 2U);
  receive("User 'bob' connected", "e1-3");
  EXPECT_EQ(texts().size(), 3U);
}

TEST_F(InboxTest, ShowsHeartbeatsAsNoMessages) {
  receive("hello", "e1-1");
  now_ += Millis(1'000);
  receive("<3: Keep alive", "e1-5");
  EXPECT_THAT(texts(), ElementsAre("hello"));
  EXPECT_EQ(inbox_.feed().status().heartbeat_at, now_);
  EXPECT_EQ(inbox_.feed().status().cursor, "e1-5");
}

TEST_F(InboxTest, ShowsWhatIsSentAgainOnlyOnce) {
  receive("{\"reason\":\"start\"}", "", "reset");
  receive("one", "");
  receive("{\"reason\":\"start\"}", "", "reset");  // cut in between
  receive("one", "");
  receive("{}", "e1-1", "synced");
  receive("two", "e1-2");
  EXPECT_THAT(texts(), ElementsAre("two", "one"));
}

}  // namespace
}  // namespace taskwire::view
