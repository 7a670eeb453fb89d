#include <gtest/gtest.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

const Headers kText = {{"Content-Type", "text/plain"}};
const Headers kNdjson = {{"Content-Type", "application/x-ndjson"}};

class ChannelsTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }
  Response publish(const std::string& target, const Headers& headers, const std::string& body) {
    return request(port(), "POST", target, headers, body);
  }
  json history(const std::string& query) { return get(port(), "/api/events/history?" + query).json(); }

  Services services;
};

TEST_F(ChannelsTest, CarryJsonAndTextAsTheyAre) {
  Stream stream(port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  const auto text = publish("/publish/news", kText, "first\r\nsecond");
  ASSERT_EQ(text.status, 202) << text.body;
  auto event = stream.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, "message");
  EXPECT_EQ(event->data, "first\nsecond");
  EXPECT_EQ(event->last_event_id, text.json()["id"]);
  const std::string spaced = R"({ "a" : [1, "ü"] })";
  ASSERT_EQ(publish("/publish/news?event=note&retry=500", {{"Content-Type", "application/json"}}, spaced).status, 202);
  event = stream.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, "note");
  EXPECT_EQ(event->data, spaced);
  EXPECT_EQ(stream.retry(), std::chrono::milliseconds(500));
}

TEST_F(ChannelsTest, TakeManyLargeEventsAtOnceOverAConnectionThatIsNew) {
  const std::string large(60 << 10, 'x');
  const std::string asked =
      "POST /publish/news HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: " +
      std::to_string(large.size()) + "\r\n\r\n" + large;
  std::vector<Socket> clients;
  for (int i = 0; i < 256; ++i) {
    clients.emplace_back(port());
    clients.back().send(asked.substr(0, asked.size() - 1));
  }
  for (auto& client : clients) client.send(asked.substr(asked.size() - 1));
  for (auto& client : clients) EXPECT_EQ(HttpReader(client).read_head().status, 202);
}

TEST_F(ChannelsTest, TakeAnEventALineAllOrNone) {
  Stream stream(port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  const auto refused = publish("/publish/news", kNdjson, "1\n2\n{\n");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.json()["reason"], "INVALID_JSON");
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += std::to_string(i) + "\n";
  const auto taken = publish("/publish/news?event=count", kNdjson, lines);
  ASSERT_EQ(taken.status, 202) << taken.body;
  const auto ids = taken.json()["ids"];
  ASSERT_EQ(ids.size(), 1000U);
  for (int i = 0; i < 1000; ++i) {
    const auto event = stream.next();
    ASSERT_TRUE(event) << i;
    ASSERT_EQ(event->data, std::to_string(i));
    ASSERT_EQ(event->type, "count");
    ASSERT_EQ(event->last_event_id, ids[static_cast<std::size_t>(i)]);
  }
}

TEST_F(ChannelsTest, TakeALargeBatchButNoLarger) {
  const std::string line = "\"" + std::string(60'000, 'x') + "\"\n";
  std::string lines;
  while (lines.size() + line.size() <= std::size_t{2} << 20) lines += line;
  EXPECT_EQ(publish("/publish/news", kNdjson, lines).status, 202);
  const auto refused = publish("/publish/news", kNdjson, lines + line);
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(refused.json()["reason"], "BODY_TOO_LARGE");
  const auto other = publish("/publish/news", kText, lines);
  EXPECT_EQ(other.status, 413) << "only a batch may be so large";
}

TEST_F(ChannelsTest, RepeatWithTheKeyToTheSameEnd) {
  const Headers key = {{"Content-Type", "text/plain"}, {"Idempotency-Key", "one"}};
  const auto first = publish("/publish/news", key, "x");
  const auto again = publish("/publish/news", key, "x");
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(first.body, again.body);
  const auto other = publish("/publish/news", key, "y");
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.json()["reason"], "IDEMPOTENCY_KEY_REUSED");
  EXPECT_NE(publish("/publish/sports", key, "x").json()["id"], first.json()["id"]) << "the path is of the scope";
  const Headers batch_key = {{"Content-Type", "application/x-ndjson"}, {"Idempotency-Key", "two"}};
  EXPECT_EQ(publish("/publish/news", batch_key, "1\n2").body, publish("/publish/news", batch_key, "1\n2").body);
  EXPECT_EQ(history("topic=channels/news")["events"].size(), 3U);
}

TEST_F(ChannelsTest, HaveAHistoryInPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(publish(i % 2 == 0 ? "/publish/a" : "/publish/b?event=note", kText, std::to_string(i)).json()["id"]);
  }
  const auto first = history("topic=channels/a&topic=channels/b&limit=2");
  ASSERT_EQ(first["events"].size(), 2U);
  EXPECT_EQ(first["events"][0]["id"], ids[0]);
  EXPECT_EQ(first["events"][0]["type"], "message");
  EXPECT_EQ(first["events"][0]["topic"], "channels/a");
  EXPECT_EQ(first["events"][0]["data"], "0");
  EXPECT_EQ(first["events"][1]["type"], "note");
  EXPECT_EQ(first["through"], ids[1]);
  EXPECT_EQ(first["head"], ids[4]);
  const auto rest = history("topic=channels/a&topic=channels/b&after=" + first["through"].get<std::string>());
  ASSERT_EQ(rest["events"].size(), 3U);
  EXPECT_EQ(rest["events"][2]["id"], ids[4]);
  EXPECT_EQ(rest["through"], rest["head"]);
  EXPECT_TRUE(history("topic=channels/a&after=" + ids[4])["events"].empty());
  const auto beyond =
      get(port(), "/api/events/history?topic=channels/a&after=" + ids[4].substr(0, ids[4].find('-')) + "-99999");
  EXPECT_EQ(beyond.status, 410);
  EXPECT_EQ(beyond.json()["reason"], "CURSOR_EXPIRED");
  EXPECT_EQ(get(port(), "/api/events/history?topic=channels/a&after=zzz-1").status, 410) << "another log's";
}

TEST_F(ChannelsTest, HistoryOfTasksIsWhatTheirStreamCarries) {
  Stream stream(port(), "/api/task-progress/alice?from=now");
  ASSERT_TRUE(stream.wait_for_id());
  ASSERT_EQ(post(port(), "/api/tasks/alice/start", {{"params", {{"durationMs", 300}, {"steps", 3}}}}).status, 202);
  std::vector<SseEvent> events;
  while (events.empty() || events.back().data.find("\"succeeded\"") == std::string::npos) {
    const auto event = stream.next("taskUpdate");
    ASSERT_TRUE(event);
    events.push_back(*event);
  }
  const auto kept = history("topic=tasks/alice")["events"];
  ASSERT_EQ(kept.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(kept[i]["data"], events[i].data);
    EXPECT_EQ(kept[i]["id"], events[i].last_event_id);
  }
}

TEST_F(ChannelsTest, AreFilteredByTypeWhileTheIdGoesOn) {
  Stream stream(port(), "/api/events?topic=channels/a&topic=tasks/alice&types=note,message&from=now");
  ASSERT_TRUE(stream.wait_for_id());
  publish("/publish/a?event=other", kText, "1");
  publish("/publish/a?event=note", kText, "2");
  publish("/publish/a", kText, "3");
  EXPECT_EQ(stream.next()->data, "2");
  EXPECT_EQ(stream.next()->data, "3");
  const std::string id = publish("/publish/a?event=other", kText, "4").json()["id"];
  stream.cut();
  Stream again(port(), "/api/events?topic=channels/a&topic=tasks/alice&types=other", stream.last_event_id());
  EXPECT_EQ(again.next()->data, "4");
  EXPECT_EQ(again.last_event_id(), id);
}

TEST_F(ChannelsTest, HeartbeatsCarryTheIdBeyondWhatWasLeftOut) {
  Service edge("taskwire-edge", {"--engine", services.engine.address(), "--heartbeat", "100ms"});
  Stream stream(edge.port(), "/stream/a?types=note");
  ASSERT_TRUE(stream.wait_for_id());
  const std::string id = publish("/publish/a?event=other", kText, "1").json()["id"];
  EXPECT_TRUE(stream.wait_for_id(id));
}

TEST_F(ChannelsTest, TakePulsesAndCountThem) {
  Stream stream(port(), "/stream/pulse");
  ASSERT_TRUE(stream.wait_for_id());
  EXPECT_EQ(get(port(), "/api/pulse").json(),
            (json{{"count", 0}, {"min", nullptr}, {"max", nullptr}, {"mean", nullptr}, {"pulses", json::array()}}));
  const auto recorded = post(port(), "/pulse", {{"bpm", 72}, {"userId", "alice"}});
  ASSERT_EQ(recorded.status, 202) << recorded.body;
  const auto event = stream.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, "pulse");
  EXPECT_EQ(json::parse(event->data), (json{{"bpm", 72}, {"userId", "alice"}}));
  EXPECT_EQ(event->last_event_id, recorded.json()["id"]);
  ASSERT_EQ(post(port(), "/pulse", {{"bpm", 81}, {"userId", "bob"}}).status, 202);
  const auto statistics = get(port(), "/api/pulse").json();
  EXPECT_EQ(statistics["count"], 2);
  EXPECT_EQ(statistics["min"], 72);
  EXPECT_EQ(statistics["max"], 81);
  EXPECT_EQ(statistics["mean"], 76.5);
  EXPECT_EQ(statistics["pulses"][0]["userId"], "bob");
  EXPECT_EQ(statistics["pulses"][1]["bpm"], 72);
  for (const auto& bad :
       {json{{"bpm", 7}, {"userId", "alice"}}, json{{"bpm", 72}}, json{{"bpm", 72}, {"userId", "a b"}},
        json{{"bpm", "72"}, {"userId", "alice"}}, json::array()}) {
    const auto refused = post(port(), "/pulse", bad);
    EXPECT_EQ(refused.status, 400) << bad;
    EXPECT_EQ(refused.json()["reason"], "INVALID_DATA") << refused.body;
  }
}

TEST_F(ChannelsTest, CountMorePulsesThanAPageHolds) {
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(post(port(), "/pulse", {{"bpm", 40 + i % 100}, {"userId", "alice"}}).status, 202);
  }
  const auto statistics = get(port(), "/api/pulse").json();
  EXPECT_EQ(statistics["count"], 300);
  EXPECT_EQ(statistics["pulses"].size(), 100U);
  EXPECT_EQ(statistics["mean"], 89.5);
}

}  // namespace
}  // namespace taskwire::test
