#include <csignal>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using Data = std::vector<std::string>;

/// An edge that is to go, and another at the same engine.
class DrainTest : public testing::Test {
 protected:
  explicit DrainTest(const std::string& drain = "1h")
      : services({}, {"--shards", "1", "--drain", drain, "--retry-min", "100ms", "--retry-max", "200ms"}) {}
  [[nodiscard]] std::uint16_t port() const { return services.edge.port(); }
  void publish(std::uint16_t at, int first, int last) {
    for (int i = first; i <= last; ++i) ASSERT_EQ(post(at, "/publish/news", i).status, 202);
  }
  /// What it still gets, to its end.
  static Data rest(Stream& stream) {
    Data data;
    while (const auto event = stream.next()) data.push_back(event->data);
    return data;
  }
  [[nodiscard]] bool is_draining() const {
    return eventually([&] { return get(port(), "/readyz").status == 503; });
  }

  Services services;
};

class ShortDrainTest : public DrainTest {
 protected:
  ShortDrainTest() : DrainTest("3s") {}
};

TEST_F(ShortDrainTest, SendsStreamsElsewhereOneAfterTheOtherWithoutAGap) {
  Service other("taskwire-edge", {"--engine", services.engine.address()});
  ASSERT_TRUE(eventually([&] { return get(other.port(), "/readyz").status == 200; }));
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 60; ++i) {
    streams.push_back(std::make_unique<Stream>(port(), "/stream/news"));
    ASSERT_TRUE(streams.back()->wait_for_id());
  }
  publish(port(), 1, 3);
  services.edge.process().signal(SIGTERM);
  publish(other.port(), 4, 6);
  const Data all{"1", "2", "3", "4", "5", "6"};
  for (auto& stream : streams) {
    Data data = rest(*stream);
    EXPECT_TRUE(stream->wait_for_end());
    EXPECT_LE(stream->retry(), milliseconds(200));
    Stream again(other.port(), "/stream/news", stream->last_event_id());
    while (data.size() < all.size()) {
      const auto event = again.next();
      ASSERT_TRUE(event);
      data.push_back(event->data);
    }
    EXPECT_EQ(data, all);
  }
  EXPECT_EQ(services.edge.process().wait(), 0) << services.edge.process().output();
}

TEST_F(DrainTest, TellsWhoComesNowToComeBackAndServesAllElse) {
  const json params{{"params", {{"durationMs", 60'000}, {"steps", 2}}}};
  const auto task = post(port(), "/api/tasks/alice/start", params).json()["taskId"].get<std::string>();
  Stream of_task(port(), "/api/task-progress/alice/" + task), first(port(), "/stream/news"),
      second(port(), "/stream/news");
  ASSERT_TRUE(of_task.wait_for_id() && first.wait_for_id() && second.wait_for_id());
  services.edge.process().signal(SIGTERM);
  ASSERT_TRUE(is_draining());
  EXPECT_EQ(get(port(), "/readyz").json()["reason"], "SHUTTING_DOWN");
  Stream late(port(), "/stream/news");
  EXPECT_EQ(late.head().status, 200);
  EXPECT_TRUE(late.wait_for_end());
  EXPECT_GE(late.retry(), std::chrono::seconds(20));
  EXPECT_LE(late.retry(), std::chrono::seconds(41)) << "however long it drains";
  EXPECT_EQ(late.last_event_id(), "");
  const auto refused = get(port(), "/stream/news");
  EXPECT_EQ(refused.json()["reason"], "SHUTTING_DOWN") << "who is no EventSource";
  EXPECT_EQ(refused.header("Connection"), "close");
  EXPECT_EQ(get(port(), "/api/tasks/alice").status, 200);
  EXPECT_EQ(post(port(), "/publish/news", 1).status, 202);
  EXPECT_EQ(request(port(), "POST", "/sse/task/alice").json()["reason"], "SHUTTING_DOWN") << "it would wait too long";
  EXPECT_FALSE(of_task.wait_for_end(Clock::now())) << "that of one task comes last";
  for (auto* const stream : {&of_task, &first, &second}) stream->cut();
  EXPECT_EQ(services.edge.process().wait(), 0);
}

TEST_F(DrainTest, WaitsForNothingWithoutStreams) {
  EXPECT_EQ(get(port(), "/healthz").status, 200);
  services.edge.process().signal(SIGTERM);
  EXPECT_EQ(services.edge.process().wait(), 0);
}

TEST_F(DrainTest, IsCutShortByASecondSignal) {
  std::vector<std::unique_ptr<Stream>> streams;  // the first of each shard ends at once
  for (int i = 0; i < 20; ++i) {
    streams.push_back(std::make_unique<Stream>(port(), "/stream/news"));
    ASSERT_TRUE(streams.back()->wait_for_id());
  }
  services.edge.process().signal(SIGTERM);
  ASSERT_TRUE(is_draining());
  services.edge.process().signal(SIGTERM);
  EXPECT_EQ(services.edge.process().wait(), 128 + SIGTERM);
}

TEST_F(DrainTest, IsNotWhatCtrlCAsksFor) {
  Stream stream(port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  services.edge.process().signal(SIGINT);
  EXPECT_TRUE(stream.wait_for_end());
  EXPECT_EQ(services.edge.process().wait(), 0);
}

}  // namespace
}  // namespace taskwire::test
