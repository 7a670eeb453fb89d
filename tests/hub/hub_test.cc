#include "hub/hub.h"

#include <functional>
#include <gtest/gtest.h>

#include "hub/events.h"

namespace taskwire::edge {
namespace {

struct Reader : Hub::Subscriber {
  std::function<void()> then = [] {};
  int visits = 0;
  void on_news() override {
    ++visits;
    then();
  }
};

class HubTest : public testing::Test {
 protected:
  HubTest() { hub.start({"e", 0}); }

  void publish(const std::string& topic) {
    const EventPtr event = make_event(published("e", hub.log().head() + 1, topic), WithId::yes);
    hub.append({&event, 1}, event->sequence);
  }
  void subscribe(Reader& reader, std::vector<std::string> topics) { hub.subscribe(reader, topics); }
  void deliver_all() {
    while (hub.deliver(1)) {
    }
  }

  Hub hub{{.events = 100, .bytes = 1 << 20}};
};

TEST_F(HubTest, TellsOnlyThoseWhoAsked) {
  Reader a, b;
  subscribe(a, {"channels/x"});
  subscribe(b, {"channels/y"});
  publish("channels/x");
  deliver_all();
  EXPECT_EQ(a.visits, 1);
  EXPECT_EQ(b.visits, 0);
  hub.unsubscribe(a);
  hub.unsubscribe(b);
}

TEST_F(HubTest, TellsOnceOfWhatCameBeforeTheVisit) {
  Reader reader;
  subscribe(reader, {"channels/x"});
  for (int i = 0; i < 5; ++i) publish("channels/x");
  deliver_all();
  EXPECT_EQ(reader.visits, 1);
  hub.unsubscribe(reader);
}

TEST_F(HubTest, GoesRoundOnceMoreForWhatCameDuringTheRound) {
  Reader readers[3];
  for (auto& reader : readers) subscribe(reader, {"channels/x"});
  publish("channels/x");
  EXPECT_TRUE(hub.deliver(2));
  publish("channels/x");
  deliver_all();
  for (const auto& reader : readers) EXPECT_EQ(reader.visits, 2);
  for (auto& reader : readers) hub.unsubscribe(reader);
}

TEST_F(HubTest, LetsTopicsTakeTurns) {
  Reader crowd[10];
  Reader alone;
  for (auto& reader : crowd) subscribe(reader, {"channels/x"});
  subscribe(alone, {"channels/y"});
  publish("channels/x");
  publish("channels/y");
  EXPECT_TRUE(hub.deliver(4));
  EXPECT_EQ(alone.visits, 0);
  EXPECT_TRUE(hub.deliver(4));
  EXPECT_EQ(alone.visits, 1) << "after one slice, not after the crowd";
  deliver_all();
  for (auto& reader : crowd) {
    EXPECT_EQ(reader.visits, 1);
    hub.unsubscribe(reader);
  }
  hub.unsubscribe(alone);
}

TEST_F(HubTest, KnowsWhenWhatWasMarkedIsDelivered) {
  Reader readers[4];
  for (auto& reader : readers) subscribe(reader, {"channels/x"});
  hub.mark();
  EXPECT_TRUE(hub.is_marked_delivered()) << "nothing was to be delivered";
  publish("channels/x");
  hub.deliver(2);
  publish("channels/x");  // these two get it in the next round only
  hub.mark();
  publish("channels/late");
  EXPECT_FALSE(hub.is_marked_delivered());
  hub.deliver(2);
  EXPECT_FALSE(hub.is_marked_delivered());
  hub.deliver(3);
  EXPECT_FALSE(hub.is_marked_delivered());
  publish("channels/x");  // came after the mark
  hub.deliver(1);
  EXPECT_TRUE(hub.is_marked_delivered());
  deliver_all();
  for (auto& reader : readers) hub.unsubscribe(reader);
}

TEST_F(HubTest, DoesNotWaitForThoseWhoLeftBeforeWhatWasMarked) {
  Reader reader;
  subscribe(reader, {"channels/x"});
  publish("channels/x");
  hub.mark();
  hub.unsubscribe(reader);
  deliver_all();
  EXPECT_TRUE(hub.is_marked_delivered());
}

TEST_F(HubTest, KnowsUpToWhereAnIdleReaderIsComplete) {
  Reader idle, busy;
  subscribe(idle, {"channels/quiet"});
  subscribe(busy, {"channels/x", "channels/y"});
  publish("channels/x");
  publish("channels/y");
  EXPECT_EQ(hub.complete_through(idle), 2);
  EXPECT_EQ(hub.complete_through(busy), 0);
  deliver_all();
  EXPECT_EQ(hub.complete_through(busy), 2);
  hub.unsubscribe(idle);
  hub.unsubscribe(busy);
}

TEST_F(HubTest, VisitsEveryoneThoughOthersLeaveDuringTheRound) {
  for (int leaver = 0; leaver < 5; ++leaver) {
    Reader readers[5];
    for (auto& reader : readers) subscribe(reader, {"channels/x"});
    readers[leaver].then = [&] { hub.unsubscribe(readers[leaver]); };
    publish("channels/x");
    hub.deliver(2);
    hub.unsubscribe(readers[0]);  // already visited
    deliver_all();
    for (const auto& reader : readers) EXPECT_EQ(reader.visits, 1);
    for (auto& reader : readers) hub.unsubscribe(reader);
  }
}

TEST_F(HubTest, TellsOfEveryChangeWhoWaitsForThat) {
  Reader waiting;
  hub.subscribe_to_changes(waiting);
  hub.subscribe_to_changes(waiting);
  publish("channels/x");
  deliver_all();
  EXPECT_EQ(waiting.visits, 1);
  hub.start({"e", hub.log().head()});
  deliver_all();
  EXPECT_EQ(waiting.visits, 2);
  hub.unsubscribe_from_changes(waiting);
  publish("channels/x");
  deliver_all();
  EXPECT_EQ(waiting.visits, 2);
}

TEST_F(HubTest, GoesOnWhereTheEngineGoesOn) {
  publish("channels/x");
  const auto generation = hub.generation();
  hub.start({"e", 1});
  EXPECT_EQ(hub.generation(), generation);
  EXPECT_TRUE(hub.covers({"e", 0}));
}

TEST_F(HubTest, BeginsAnewWhereTheEngineDoesNot) {
  Reader reader;
  subscribe(reader, {"channels/quiet"});
  publish("channels/x");
  for (const Cursor& start : {Cursor{"e", 40}, Cursor{"f", 40}}) {
    const auto generation = hub.generation();
    hub.start(start);
    EXPECT_GT(hub.generation(), generation);
    EXPECT_FALSE(hub.covers({"e", 1}));
    EXPECT_TRUE(hub.covers(start));
  }
  deliver_all();
  EXPECT_GE(reader.visits, 1);
  hub.unsubscribe(reader);
}

TEST_F(HubTest, IgnoresWhatItHasAlready) {
  publish("channels/x");
  const EventPtr again = make_event(published("e", 1, "channels/x"), WithId::yes);
  hub.append({&again, 1}, 1);
  EXPECT_EQ(hub.log().size(), 1U);
}

}  // namespace
}  // namespace taskwire::edge
