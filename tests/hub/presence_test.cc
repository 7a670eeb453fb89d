#include "hub/presence.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace taskwire::edge {
namespace {

using nlohmann::json;
using std::chrono::seconds;

Presence::Time at(int second) {
  return Presence::Time(seconds(1'767'349'800 + second));
}

TEST(Presence, IsOfThePeopleWhoseTopicsAreCarried) {
  EXPECT_EQ(people_of({"channels/news", "messages/alice", "tasks/alice", "tasks/bob"}),
            (std::vector<std::string_view>{"alice", "bob"}));
  EXPECT_TRUE(people_of({"channels/news"}).empty());
}

TEST(Presence, AddsUpThePersonsStreams) {
  People all;
  all.add({"alice", 1, at(10), at(20), Cursor{"e", 7}});
  all.add({"alice", 1, at(5), at(30), Cursor{"e", 3}});
  all.add({"alice", 0, at(1), at(40), Cursor{"e", 9}});
  ASSERT_TRUE(all.departed().empty());
  const auto& alice = all.connected().at("alice");
  EXPECT_EQ(alice.connections, 2U);
  EXPECT_EQ(alice.connected_at, at(5)) << "of those that are open";
  EXPECT_EQ(alice.last_seen_at, at(40));
  EXPECT_EQ(alice.last_event_id, (Cursor{"e", 9}));
}

TEST(Presence, TakesTheIdOfTheLogSeenLast) {
  People all;
  all.add({"alice", 0, at(1), at(10), Cursor{"old", 100}});
  all.add({"alice", 0, at(11), at(20), Cursor{"new", 2}});
  all.add({"alice", 0, at(12), at(15), std::nullopt});
  EXPECT_EQ(all.departed().at("alice").last_event_id, (Cursor{"new", 2}));
  EXPECT_EQ(all.departed().at("alice").connected_at, at(11)) << "of the stream that was seen last";
}

TEST(Presence, OfOneWhoHasGoneElsewhereIsOfOneWhoIsThere) {
  People all;
  all.add({"alice", 0, at(1), at(40), Cursor{"e", 9}});
  all.add({"alice", 1, at(5), at(30), Cursor{"e", 3}});
  EXPECT_TRUE(all.departed().empty());
  EXPECT_EQ(all.connected().at("alice").last_event_id, (Cursor{"e", 9}));
  EXPECT_EQ(all.connected().at("alice").connected_at, at(5));
}

TEST(Presence, OfManyIsKeptOfTheFirstByName) {
  People all;
  const auto name = [](std::size_t i) { return "user" + std::to_string(100'000 + i); };
  for (std::size_t i = 2 * kMostPeople; i > 0; --i) all.add({name(i), 1, at(0), at(0), std::nullopt});
  EXPECT_EQ(all.connected().size(), kMostPeople);
  all.add({name(2 * kMostPeople), 1, at(0), at(0), std::nullopt});
  all.add({name(kMostPeople), 1, at(0), at(0), std::nullopt});
  EXPECT_EQ(all.connected().size(), kMostPeople);
  EXPECT_EQ(all.connected().begin()->first, name(1));
  EXPECT_EQ(all.connected().rbegin()->first, name(kMostPeople));
  EXPECT_EQ(all.connected().rbegin()->second.connections, 2U);
}

TEST(Presence, IsToldConnectedFirst) {
  People all;
  all.add({"anna", 0, at(0), at(1), std::nullopt});
  all.add({"bert", 0, at(0), at(2), std::nullopt});
  all.add({"carl", 3, at(0), at(0), Cursor{"e", 7}});
  SessionsWriter writer(all);
  EXPECT_TRUE(writer.write(1));
  EXPECT_TRUE(writer.write(1));
  EXPECT_FALSE(writer.write(1));
  const auto told = json::parse(writer.take())["sessions"];
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0], (json{{"userId", "carl"},
                           {"state", "connected"},
                           {"connections", 3},
                           {"connectedAt", "2026-01-02T10:30:00.000Z"},
                           {"lastSeenAt", "2026-01-02T10:30:00.000Z"},
                           {"lastEventId", "e-7"}}));
  EXPECT_EQ(told[1]["userId"], "bert") << "who went last";
  EXPECT_EQ(told[1]["state"], "disconnected");
  EXPECT_EQ(told[2]["lastEventId"], nullptr);
}

TEST(Presence, OfNobodyIsAnEmptyList) {
  const People nobody;
  SessionsWriter writer(nobody);
  EXPECT_FALSE(writer.write(10));
  EXPECT_EQ(writer.take(), R"({"sessions":[]})");
}

TEST(Departed, ForgetsTheLongestGoneFirst) {
  Departed departed;
  for (std::size_t i = 0; i <= kMostPeople; ++i)
    departed.note({"user" + std::to_string(i), 0, at(0), at(0), std::nullopt});
  EXPECT_EQ(departed.people().size(), kMostPeople);
  EXPECT_EQ(departed.people().front().user_id, "user1");
}

TEST(Departed, KnowsOneOnlyOnce) {
  Departed departed;
  departed.note({"alice", 0, at(0), at(1), std::nullopt});
  departed.note({"bob", 0, at(0), at(2), std::nullopt});
  departed.note({"alice", 0, at(0), at(3), std::nullopt});
  ASSERT_EQ(departed.people().size(), 2U);
  EXPECT_EQ(departed.people().back().last_seen_at, at(3));
}

}  // namespace
}  // namespace taskwire::edge
