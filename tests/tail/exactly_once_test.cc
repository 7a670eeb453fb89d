#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "resume/cursor.h"
#include "tail/runs.h"

namespace taskwire::test {
namespace {

class ExactlyOnceTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }

  /// Publishes numbers; repeats each until it is accepted, with a key, as a client would.
  void publish(int from, int to) {
    for (int i = from; i <= to; ++i) {
      const Headers key = {{"Idempotency-Key", "n" + std::to_string(i)}};
      ASSERT_TRUE(eventually([&] { return post(port(), "/publish/news", i, key).status == 202; })) << i;
    }
  }

  /// Every event of both topics that the log holds, as the program shows it.
  std::vector<json> history() {
    std::vector<json> events;
    for (std::string after;;) {
      const auto page = get(port(), "/api/events/history?topic=tasks/alice&topic=channels/news&limit=200" + after);
      EXPECT_EQ(page.status, 200) << page.body;
      if (page.status != 200) return events;
      const json body = page.json();
      for (const auto& event : body["events"]) {
        const std::string type = event.value("type", "");
        events.push_back({{"id", event["id"]},
                          {"event", type.empty() ? "message" : type},
                          {"data", json::parse(event["data"].get<std::string>())}});
      }
      if (body["through"] == body["head"]) return events;
      after = "&after=" + body["through"].get<std::string>();
    }
  }

  Services services{{}, {"--heartbeat", "500ms", "--retry-min", "20ms", "--retry-max", "50ms"}};
};

TEST_F(ExactlyOnceTest, ShowsEveryEventOverCrashesOfEdgeAndEngine) {
  Process tail(tail_command(services.edge.address(), {"--json", "tasks/alice", "channels/news"}));
  ASSERT_TRUE(tail.wait_for_line("\"synced\"")) << tail.output();
  const json task = {{"params", {{"durationMs", 1500}, {"steps", 60}}}};
  int published = 0;
  const auto publish_some = [&] {
    publish(published + 1, published + 40);
    published += 40;
  };
  for (int round = 0; round < 3; ++round) {
    start_task(port(), task);
    publish_some();
    services.edge.kill();
    services.edge.restart();
    publish_some();
    start_task(port(), task);
    publish_some();
    services.engine.kill();
    services.engine.restart();
    publish_some();
  }
  const auto last = start_task(port(), {{"params", {{"durationMs", 50}, {"steps", 1}}}});
  ASSERT_TRUE(wait_for_state(port(), last, "succeeded"));
  publish(published + 1, published + 1);
  ASSERT_TRUE(tail.wait_for_line("\"data\":" + std::to_string(published + 1) + "}")) << tail.output();
  tail.signal(SIGINT);
  EXPECT_EQ(tail.wait(), 130);

  const auto shown = events_of(tail.output());
  ASSERT_GE(shown.size(), 2U);
  EXPECT_EQ(shown[0]["event"], "reset");
  EXPECT_EQ(shown[1]["event"], "synced");
  const std::vector<json> rest(shown.begin() + 2, shown.end());
  const auto expected = history();
  EXPECT_GT(expected.size(), 500U);
  ASSERT_EQ(rest.size(), expected.size());
  for (std::size_t i = 0; i < rest.size(); ++i) ASSERT_EQ(rest[i], expected[i]) << "event " << i;
}

}  // namespace
}  // namespace taskwire::test
