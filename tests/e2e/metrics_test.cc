// What the services count is what was done, no more and no less.
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "e2e/samples.h"
#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

class Metrics : public testing::Test {
 protected:
  [[nodiscard]] Samples edge() const { return Samples(services.edge.port()); }
  [[nodiscard]] Samples engine() const { return Samples(engine_port); }
  void publish(const std::string& channel) {
    EXPECT_EQ(post(services.edge.port(), "/publish/" + channel, 1).status, 202);
  }
  std::unique_ptr<Stream> open(const std::string& target, const std::string& last_event_id = "") {
    auto stream = std::make_unique<Stream>(services.edge.port(), target, last_event_id);
    EXPECT_TRUE(stream->wait_for_id());
    return stream;
  }
  /// Waits until a series of the edge has a value, and answers what it is in the end.
  double settled(const std::string& series, double value) {
    eventually([&] { return edge()[series] == value; }, within(std::chrono::seconds(10)));
    return edge()[series];
  }

  Services services{{"--metrics-listen", "127.0.0.1:0"}, {"--max-connections-per-user", "1", "--heartbeat", "30s"}};
  std::uint16_t engine_port = metrics_port(services.engine);
};

TEST_F(Metrics, CountStreamsAndWhatTheyAreGiven) {
  const auto first = open("/stream/news");
  auto second = open("/stream/news");
  for (int i = 0; i < 3; ++i) {
    publish("news");
    EXPECT_TRUE(first->next("message"));
    EXPECT_TRUE(second->next("message"));
  }
  auto now = edge();
  EXPECT_EQ(now["taskwire_edge_streams_open{shard=\"0\"}"] + now["taskwire_edge_streams_open{shard=\"1\"}"], 2);
  EXPECT_EQ(now["taskwire_edge_streams_opened_total"], 2);
  EXPECT_EQ(now["taskwire_edge_events_sent_total"], 6);
  EXPECT_EQ(now["taskwire_edge_frames_made_total{source=\"tail\"}"], 3) << "once for both streams";
  EXPECT_EQ(now["taskwire_edge_frames_made_total{source=\"page\"}"], 0);
  EXPECT_EQ(now["taskwire_edge_stream_lag_events_count"], 6);
  EXPECT_EQ(now["taskwire_edge_stream_lag_events_sum"], 6) << "one event each time";
  EXPECT_EQ(now["taskwire_edge_delivery_latency_seconds_count"], 6);
  EXPECT_EQ(engine()["taskwire_engine_events_committed_total"], 3);

  const auto last_id = second->last_event_id();
  second->cut();
  EXPECT_EQ(settled("taskwire_edge_streams_closed_total{reason=\"left\"}", 1), 1);
  publish("news");
  publish("news");
  EXPECT_TRUE(first->next("message"));
  EXPECT_TRUE(first->next("message"));
  second = open("/stream/news", last_id);
  EXPECT_TRUE(second->next("message"));
  EXPECT_TRUE(second->next("message"));
  now = edge();
  EXPECT_EQ(now["taskwire_edge_resumes_total{result=\"hit\"}"], 1);
  EXPECT_EQ(now["taskwire_edge_resumes_total{result=\"miss\"}"], 0);
  EXPECT_EQ(now["taskwire_edge_replayed_events_count"], 1);
  EXPECT_EQ(now["taskwire_edge_replayed_events_sum"], 2);
  EXPECT_EQ(now["taskwire_edge_events_sent_total"], 10);
  EXPECT_EQ(now["taskwire_edge_streams_opened_total"], 3);
  EXPECT_EQ(now["taskwire_edge_frames_made_total{source=\"tail\"}"], 5);
}

TEST_F(Metrics, CountResetsByCause) {
  publish("news");
  publish("news");
  for (const auto* id : {"garbage", "zzzz-1"}) {
    Stream stream(services.edge.port(), "/stream/news", id);
    EXPECT_TRUE(stream.next("reset"));
    EXPECT_TRUE(stream.next("synced"));
    EXPECT_TRUE(stream.next("message"));
    EXPECT_TRUE(stream.next("message"));
  }
  const auto now = edge();
  EXPECT_EQ(now["taskwire_edge_resets_total{reason=\"malformed\"}"], 1);
  EXPECT_EQ(now["taskwire_edge_resets_total{reason=\"epoch\"}"], 1);
  EXPECT_EQ(now["taskwire_edge_resets_total{reason=\"start\"}"], 0);
  EXPECT_EQ(now["taskwire_edge_resumes_total{result=\"miss\"}"], 1) << "what is no id is not looked for";
  EXPECT_EQ(now["taskwire_edge_events_sent_total"], 4);
  EXPECT_EQ(now["taskwire_edge_frames_made_total{source=\"page\"}"], 0) << "the edge has all of the channel itself";
  EXPECT_EQ(now["taskwire_edge_replayed_events_count"], 0);
}

TEST_F(Metrics, CountTheBytesThatSocketsTook) {
  Socket client(services.edge.port());
  client.send("GET /stream/news HTTP/1.1\r\nHost: localhost\r\n\r\n");
  std::size_t received = 0;
  const auto receive = [&](const std::string& until) {
    std::string all;
    while (all.find(until) == std::string::npos) {
      const auto bytes = client.receive(64 << 10, within());
      ASSERT_TRUE(bytes && !bytes->empty()) << all;
      all += *bytes;
    }
    received += all.size();
  };
  receive("\nid: ");
  publish("news");
  receive("data: 1\n\n\r\n");
  EXPECT_EQ(edge()["taskwire_edge_sent_bytes_total"], static_cast<double>(received));
}

TEST_F(Metrics, CountRefusals) {
  const auto alice = open("/sse/connect/alice");
  for (int i = 0; i < 2; ++i) {
    Stream refused(services.edge.port(), "/sse/connect/alice");
    EXPECT_TRUE(refused.wait_for_end());
  }
  EXPECT_EQ(get(services.edge.port(), "/healthz", {{"X-Long", std::string(70'000, 'x')}}).status, 431);
  EXPECT_EQ(request(services.edge.port(), "POST", "/publish/news", {{"Content-Type", "text/plain"}},
                    std::string(300'000, 'x'))
                .status,
            413);
  const auto now = edge();
  EXPECT_EQ(now["taskwire_edge_limit_hits_total{limit=\"streams_per_user\"}"], 2);
  EXPECT_EQ(now["taskwire_edge_limit_hits_total{limit=\"header_bytes\"}"], 1);
  EXPECT_EQ(now["taskwire_edge_limit_hits_total{limit=\"body_bytes\"}"], 1);
  for (const auto* limit : {"connections", "connections_per_address", "guests", "held_bytes", "descriptors",
                            "request_time", "engine_calls", "commands", "claims", "outputs"})
    EXPECT_EQ(now[std::string("taskwire_edge_limit_hits_total{limit=\"") + limit + "\"}"], 0) << limit;
}

TEST_F(Metrics, CountTasksAndCommits) {
  const auto start = [&](const nlohmann::json& params) {
    const auto task = post(services.edge.port(), "/api/tasks/alice/start", {{"type", "simulate"}, {"params", params}});
    EXPECT_EQ(task.status, 202);
    return task.json()["taskId"].get<std::string>();
  };
  const auto ended = [&](const std::string& id) {
    EXPECT_TRUE(
        eventually([&] { return get(services.edge.port(), "/api/tasks/alice/" + id).json().contains("finishedAt"); }));
  };
  const auto done = start({{"durationMs", 200}});
  const auto failed = start({{"durationMs", 200}, {"failAt", 50}});
  const auto running = start({{"durationMs", 60'000}});
  ended(done);
  ended(failed);
  // A stream that its task's end ends.
  Stream over(services.edge.port(), "/api/task-progress/alice/" + running);
  EXPECT_TRUE(over.next("taskUpdate"));
  EXPECT_EQ(engine()["taskwire_engine_tasks{type=\"simulate\",state=\"running\"}"], 1);
  EXPECT_EQ(edge()["taskwire_edge_frames_made_total{source=\"page\"}"], 3) << "of the state of all three";
  EXPECT_EQ(request(services.edge.port(), "POST", "/api/tasks/alice/" + running + "/cancel").status, 202);
  EXPECT_TRUE(over.wait_for_end());
  over.cut();
  EXPECT_EQ(settled("taskwire_edge_streams_closed_total{reason=\"over\"}", 1), 1);

  Stream all(services.edge.port(), "/api/task-progress/alice");
  EXPECT_TRUE(all.next("synced"));
  const auto streams = edge();
  EXPECT_EQ(streams["taskwire_edge_frames_made_total{source=\"page\"}"], 6);
  EXPECT_EQ(streams["taskwire_edge_resets_total{reason=\"start\"}"], 2);

  const auto now = engine();
  for (const auto* state : {"queued", "running", "cancelling"})
    EXPECT_EQ(now[std::string("taskwire_engine_tasks{type=\"simulate\",state=\"") + state + "\"}"], 0) << state;
  for (const auto* state : {"succeeded", "failed", "cancelled"})
    EXPECT_EQ(now[std::string("taskwire_engine_tasks_ended_total{type=\"simulate\",state=\"") + state + "\"}"], 1)
        << state;
  EXPECT_EQ(now["taskwire_engine_commits_failed_total"], 0);
  EXPECT_EQ(now["taskwire_engine_commit_events_sum"], now["taskwire_engine_events_committed_total"]);
  EXPECT_EQ(now["taskwire_engine_commit_writes_sum"], now["taskwire_engine_write_latency_seconds_count"]);
  EXPECT_EQ(now["taskwire_engine_commit_writes_count"], now["taskwire_engine_commit_duration_seconds_count"]);
  EXPECT_EQ(now["taskwire_engine_forgotten_total{what=\"events\"}"], 0);
  EXPECT_EQ(now["taskwire_engine_watches"], 1) << "the edge's";
  EXPECT_GT(now["taskwire_engine_store_size_bytes{file=\"database\"}"], 0);
  EXPECT_GT(now["taskwire_engine_store_size_bytes{file=\"wal\"}"], 0);
  EXPECT_EQ(settled("taskwire_edge_frames_made_total{source=\"tail\"}", now["taskwire_engine_events_committed_total"]),
            now["taskwire_engine_events_committed_total"])
      << "each event's frame is made once";
}

TEST_F(Metrics, TellHowItStandsWithTheEngine) {
  EXPECT_EQ(edge()["taskwire_edge_upstream_state{state=\"up\"}"], 1);
  EXPECT_EQ(edge()["taskwire_edge_upstream_reconnects_total"], 0);
  services.engine.kill();
  EXPECT_EQ(settled("taskwire_edge_upstream_state{state=\"down\"}", 1), 1);
  EXPECT_EQ(edge()["taskwire_edge_upstream_state{state=\"up\"}"], 0);
  services.engine.restart();
  EXPECT_EQ(settled("taskwire_edge_upstream_state{state=\"up\"}", 1), 1);
  EXPECT_GE(edge()["taskwire_edge_upstream_reconnects_total"], 1);
}

TEST_F(Metrics, AreToldWhateverTheHostAndTheCrowd) {
  EXPECT_EQ(get(services.edge.port(), "/metrics", {{"Host", "elsewhere.example"}}).status, 200);
  EXPECT_EQ(get(services.edge.port(), "/metrics").header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(request(services.edge.port(), "HEAD", "/metrics").status, 200);
  EXPECT_EQ(request(services.edge.port(), "POST", "/metrics").status, 405);

  const Service small("taskwire-edge", {"--engine", services.engine.address(), "--max-connections", "1"});
  const Stream only(small.port(), "/stream/news");
  EXPECT_EQ(get(small.port(), "/api/tasks/alice").status, 503);
  const Samples now(small.port());
  EXPECT_EQ(now["taskwire_edge_limit_hits_total{limit=\"connections\"}"], 2) << "the scrape has no place either";
}

TEST_F(Metrics, AreCleanForPromtool) {
  if (find_program("promtool").empty())
    GTEST_SKIP() << "promtool is missing; cure: tools/setup test, or Debian's package prometheus";
  const auto task = post(services.edge.port(), "/api/tasks/alice/start", {{"type", "simulate"}});
  EXPECT_EQ(task.status, 202);
  for (const auto port : {services.edge.port(), engine_port}) {
    const auto file = services.data.path() / "metrics.txt";
    std::ofstream(file) << Samples(port).text();
    const auto checked = run({"/bin/sh", "-c", "promtool check metrics <" + file.string()});
    EXPECT_EQ(checked.status, 0) << checked.output;
    EXPECT_EQ(checked.output, "");
  }
}

}  // namespace
}  // namespace taskwire::test
