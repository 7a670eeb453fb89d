#include <gtest/gtest.h>
#include <map>
#include <signal.h>

#include "resume/cursor.h"
#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;
using Data = std::vector<std::string>;

class ResumeTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }

  /// Publishes numbers on channel news; repeats each until it is accepted, with a key, as a client would.
  void publish(int from, int to) {
    for (int i = from; i <= to; ++i) {
      const Headers key = {{"Idempotency-Key", "n" + std::to_string(i)}};
      ASSERT_TRUE(eventually([&] { return post(port(), "/publish/news", i, key).status == 202; })) << i;
    }
  }
  static Data numbers(int from, int to) {
    Data data;
    for (int i = from; i <= to; ++i) data.push_back(std::to_string(i));
    return data;
  }
  /// The data of the next `count` events.
  static Data next(Stream& stream, std::size_t count) {
    Data data;
    while (data.size() < count) {
      const auto event = stream.next();
      if (!event) break;
      data.push_back(event->data);
    }
    return data;
  }

  Services services{{}, {"--heartbeat", "300ms"}};
};

TEST_F(ResumeTest, GivesAStreamItsCursorBeforeAnyEvent) {
  Stream stream(port(), "/stream/news");
  EXPECT_EQ(stream.head().status, 200);
  ASSERT_TRUE(stream.wait_for_id());
  EXPECT_TRUE(parse_cursor(stream.last_event_id()));
  ASSERT_TRUE(stream.retry());
  EXPECT_GE(*stream.retry(), milliseconds(1000));
  EXPECT_LE(*stream.retry(), milliseconds(3000));
}

TEST_F(ResumeTest, MissesNothingAfterACutBehindTheFirstBlock) {
  std::string id;
  {
    Stream stream(port(), "/stream/news");
    ASSERT_TRUE(stream.wait_for_id());
    id = stream.last_event_id();
  }
  publish(1, 10);
  Stream again(port(), "/stream/news", id);
  EXPECT_EQ(next(again, 10), numbers(1, 10));
}

TEST_F(ResumeTest, MissesAndDoublesNothingWhereverAReplayIsCut) {
  std::string start;
  {
    Stream stream(port(), "/stream/news");
    ASSERT_TRUE(stream.wait_for_id());
    start = stream.last_event_id();
  }
  publish(1, 100);
  std::size_t size = 0;
  {
    Stream whole(port(), "/stream/news", start);
    while (whole.last_event_id().empty() ||
           parse_cursor(whole.last_event_id())->sequence < parse_cursor(start)->sequence + 100) {
      ASSERT_EQ(whole.read_bytes(1), 1U);
      ++size;
    }
  }
  ASSERT_GT(size, 2000U);
  publish(101, 101);  // so that what comes once too often is seen
  const Data expected = numbers(1, 101);
  for (std::size_t cut = 0; cut <= size; ++cut) {
    Data data;
    std::string id = start;
    {
      Stream first(port(), "/stream/news", start);
      ASSERT_EQ(first.read_bytes(cut), cut);
      for (const auto& event : first.take_events()) {
        if (event.type == "message") data.push_back(event.data);
      }
      if (!first.last_event_id().empty()) id = first.last_event_id();
    }
    Stream second(port(), "/stream/news", id);
    const auto rest = next(second, 101 - data.size());
    data.insert(data.end(), rest.begin(), rest.end());
    ASSERT_EQ(data, expected) << "cut after " << cut << " bytes";
  }
}

TEST_F(ResumeTest, StaysConnectedWhileTheEngineIsKilledAndStartedAgain) {
  Stream stream(port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  const std::string start = stream.last_event_id();
  publish(1, 5);
  EXPECT_EQ(next(stream, 5), numbers(1, 5));
  services.engine.kill();
  Stream during(port(), "/stream/news", start);  // opened while nobody can judge its cursor
  EXPECT_EQ(during.head().status, 200);
  EXPECT_EQ(next(during, 5), numbers(1, 5)) << "what the edge holds is served";
  ASSERT_TRUE(during.next("heartbeat"));
  services.engine.restart();
  publish(6, 10);
  EXPECT_EQ(next(stream, 5), numbers(6, 10));
  EXPECT_EQ(next(during, 5), numbers(6, 10));
}

TEST_F(ResumeTest, GoesOnAtAnotherEdgeWithTheLastId) {
  Stream stream(port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  publish(1, 5);
  EXPECT_EQ(next(stream, 3), numbers(1, 3));
  const std::string third = [&] {
    Stream probe(port(), "/stream/news?from=earliest");
    std::string id;
    for (int i = 0; i < 3; ++i) {
      while (probe.next()->data != std::to_string(i + 1)) {
      }
      id = probe.last_event_id();
    }
    return id;
  }();
  services.edge.kill();
  services.edge.restart();
  Stream again(port(), "/stream/news", third);
  publish(6, 8);
  EXPECT_EQ(next(again, 5), numbers(4, 8));
}

TEST_F(ResumeTest, SurvivesARestartOfBothInTurnUnderLoad) {
  std::vector<std::unique_ptr<Stream>> streams;
  std::vector<Data> got(8);
  std::vector<std::string> ids(8);
  const auto open = [&](std::size_t i) {
    streams[i] = std::make_unique<Stream>(port(), "/stream/news", ids[i]);
    ASSERT_EQ(streams[i]->head().status, 200);
  };
  for (std::size_t i = 0; i < 8; ++i) {
    streams.emplace_back();
    open(i);
    ASSERT_TRUE(streams[i]->wait_for_id());
    ids[i] = streams[i]->last_event_id();
  }
  const auto collect = [&](std::size_t i, std::size_t count) {
    while (got[i].size() < count) {
      const auto event = streams[i]->next();
      ASSERT_TRUE(event) << "stream " << i << " has " << got[i].size();
      if (event->type == "message") got[i].push_back(event->data);
      ids[i] = event->last_event_id;
    }
  };
  publish(1, 20);
  for (std::size_t i = 0; i < 8; ++i) collect(i, 10 + i);
  services.engine.kill();
  services.engine.restart();
  publish(21, 40);
  for (std::size_t i = 0; i < 8; ++i) collect(i, 25 + i);
  services.edge.kill();
  services.edge.restart();
  for (std::size_t i = 0; i < 8; ++i) open(i);
  publish(41, 60);
  for (std::size_t i = 0; i < 8; ++i) {
    collect(i, 60);
    EXPECT_EQ(got[i], numbers(1, 60)) << "stream " << i;
  }
}

TEST_F(ResumeTest, WaitsForAnEngineThatIsStopped) {
  Stream stream(port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  services.engine.process().signal(SIGSTOP);
  Stream parked(port(), "/stream/news", stream.last_event_id().substr(0, stream.last_event_id().find('-')) + "-0");
  EXPECT_EQ(parked.head().status, 200);
  ASSERT_TRUE(parked.next("heartbeat"));
  services.engine.process().signal(SIGCONT);
  publish(1, 3);
  EXPECT_EQ(next(stream, 3), numbers(1, 3));
  EXPECT_EQ(next(parked, 3), numbers(1, 3));
}

TEST_F(ResumeTest, OpensBeforeTheEngineIsThere) {
  TemporaryFolder data;
  Service engine("taskwire-engine", {"--data-dir", data.path() / "data"});
  const auto address = engine.address();
  engine.kill();
  Service edge("taskwire-edge", {"--engine", address, "--heartbeat", "300ms"});
  EXPECT_EQ(get(edge.port(), "/readyz").status, 503);
  EXPECT_EQ(get(edge.port(), "/healthz").status, 200);
  EXPECT_EQ(post(edge.port(), "/publish/news", 1).json()["reason"], "ENGINE_UNAVAILABLE");
  Stream stream(edge.port(), "/api/task-progress/alice");
  EXPECT_EQ(stream.head().status, 200);
  const auto beat = stream.next("heartbeat");
  ASSERT_TRUE(beat);
  EXPECT_EQ(beat->last_event_id, "");
  EXPECT_EQ(json::parse(beat->data)["intervalMs"], 300);
  engine.restart();
  const auto reset = stream.next();
  ASSERT_TRUE(reset);
  EXPECT_EQ(reset->type, "reset");
  EXPECT_TRUE(stream.next("synced"));
}

TEST_F(ResumeTest, AdvancesTheIdOfAQuietStreamByHeartbeats) {
  Stream quiet(port(), "/stream/quiet");
  ASSERT_TRUE(quiet.wait_for_id());
  publish(1, 5);
  Stream news(port(), "/stream/news?from=earliest");
  EXPECT_EQ(next(news, 7).back(), "5");  // reset, synced, five events
  EXPECT_TRUE(quiet.wait_for_id(news.last_event_id()));
}

TEST_F(ResumeTest, TellsWhyItBeginsAnew) {
  publish(1, 3);
  Stream now(port(), "/stream/news");
  ASSERT_TRUE(now.wait_for_id());
  const auto head = *parse_cursor(now.last_event_id());
  const struct {
    std::string id;
    std::string reason;
  } cases[] = {{"other-7", "epoch"},
               {head.epoch + "-" + std::to_string(head.sequence + 1000), "ahead"},
               {"no id at all", "malformed"}};
  for (const auto& bad : cases) {
    Stream stream(port(), "/stream/news", bad.id);
    const auto reset = stream.next();
    ASSERT_TRUE(reset) << bad.id;
    EXPECT_EQ(reset->type, "reset");
    const auto data = json::parse(reset->data);
    EXPECT_EQ(data["reason"], bad.reason);
    EXPECT_EQ(data.contains("cursor"), bad.reason != "malformed");
    EXPECT_EQ(data.value("cursor", ""), bad.reason == "malformed" ? "" : bad.id);
    std::vector<std::string> all;
    while (all.size() < 4) {
      const auto event = stream.next();
      ASSERT_TRUE(event);
      all.push_back(event->type == "synced" ? "synced" : event->data);
    }
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, (Data{"1", "2", "3", "synced"})) << "all that is kept";
  }
}

TEST_F(ResumeTest, ReadsASnapshotWhileItsTasksChange) {
  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(
        post(port(), "/api/tasks/alice/start", {{"params", {{"durationMs", 1500 + i * 50}, {"steps", 40}}}}).status,
        202);
  }
  std::vector<std::unique_ptr<Stream>> streams;
  std::vector<std::map<std::string, json>> views(6);
  for (auto& view : views) {
    auto& stream = *streams.emplace_back(std::make_unique<Stream>(port(), "/api/task-progress/alice"));
    const auto reset = stream.next();
    ASSERT_TRUE(reset);
    ASSERT_EQ(reset->type, "reset");
    Sequence last = 0;
    for (auto event = stream.next(); event && event->type != "synced"; event = stream.next()) {
      EXPECT_EQ(event->last_event_id, "");
      const auto update = json::parse(event->data);
      EXPECT_TRUE(view.emplace(update["taskId"], update).second) << "a task twice in one state";
      EXPECT_GT(parse_cursor(update["eventId"].get<std::string>())->sequence, last);
      last = parse_cursor(update["eventId"].get<std::string>())->sequence;
    }
    EXPECT_EQ(view.size(), 12U);
  }
  for (std::size_t i = 0; i < views.size(); ++i) {
    const auto all_ended = [&] {
      return std::all_of(views[i].begin(), views[i].end(),
                         [](const auto& task) { return task.second["status"] == "succeeded"; });
    };
    while (!all_ended()) {
      const auto event = streams[i]->next("taskUpdate");
      ASSERT_TRUE(event);
      auto update = json::parse(event->data);
      const std::string id = update["taskId"];
      EXPECT_GT(parse_cursor(event->last_event_id)->sequence,
                parse_cursor(views[i][id]["eventId"].get<std::string>())->sequence);
      views[i][id] = update;
    }
    EXPECT_EQ(views[i], views[0]) << "two readers see the same";
  }
}

TEST_F(ResumeTest, GivesASlowReaderEverything) {
  Stream slow(port(), "/stream/news", "", {}, 4096);
  ASSERT_TRUE(slow.wait_for_id());
  const std::string text(30'000, 'x');
  for (int i = 0; i < 200; ++i) ASSERT_EQ(post(port(), "/publish/news", std::to_string(i) + text).status, 202);
  for (int i = 0; i < 200; ++i) {
    const auto event = slow.next();
    ASSERT_TRUE(event) << i;
    ASSERT_EQ(event->data, "\"" + std::to_string(i) + text + "\"");
  }
}

TEST_F(ResumeTest, EndsStreamsInOrderWhenItStops) {
  Stream stream(port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  publish(1, 2);
  EXPECT_EQ(next(stream, 2), numbers(1, 2));
  services.edge.process().signal(SIGTERM);
  EXPECT_TRUE(stream.wait_for_end());
  EXPECT_EQ(services.edge.process().wait(), 0);
}

TEST_F(ResumeTest, AddsATopicToAStream) {
  ASSERT_EQ(post(port(), "/api/tasks/alice/start", {{"params", {{"durationMs", 1}, {"steps", 1}}}}).status, 202);
  Stream news(port(), "/stream/news");
  ASSERT_TRUE(news.wait_for_id());
  publish(1, 3);
  Stream both(port(),
              "/api/events?topic=channels/news&topic=tasks/alice&from=snapshot&lastEventId=" + news.last_event_id());
  const auto reset = both.next();
  ASSERT_TRUE(reset);
  EXPECT_EQ(json::parse(reset->data)["reason"], "start");
  Data messages;
  int tasks = 0;
  for (auto event = both.next(); event && event->type != "synced"; event = both.next()) {
    if (event->type == "message") messages.push_back(event->data);
    if (event->type == "taskUpdate") ++tasks;
  }
  EXPECT_EQ(messages, numbers(1, 3));
  EXPECT_EQ(tasks, 1);
}

TEST_F(ResumeTest, OutlivesAnEngineThatIsLostWhileManyAsk) {
  TemporaryFolder data;
  Service engine("taskwire-engine", {"--data-dir", data.path() / "data"});
  Service edge("taskwire-edge", {"--engine", engine.address(), "--shards", "1", "--max-connections", "6000"});
  ASSERT_TRUE(eventually([&] { return get(edge.port(), "/readyz").status == 200; }));
  engine.process().signal(SIGSTOP);
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 800; ++i)
    streams.push_back(std::make_unique<Stream>(edge.port(), "/stream/c" + std::to_string(i), "x-" + std::to_string(i)));
  engine.kill();
  engine.restart();
  for (auto& stream : streams) {
    const auto reset = stream->next("reset");
    ASSERT_TRUE(reset) << edge.process().output();
    EXPECT_EQ(json::parse(reset->data)["reason"], "epoch");
    EXPECT_TRUE(stream->next("synced"));
  }
}

TEST_F(ResumeTest, SendsTheFirstBytesThoughTheEngineHangs) {
  const auto task = post(port(), "/api/tasks/alice/start", json::object()).json();
  services.engine.process().signal(SIGSTOP);
  const auto begun = Clock::now();
  const Stream stream(port(), "/api/task-progress/alice/" + task.value("taskId", ""));
  EXPECT_EQ(stream.head().status, 200);
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(4)) << "not after the deadline of the engine's answer";
  services.engine.process().signal(SIGCONT);
}

}  // namespace
}  // namespace taskwire::test
