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
      : services({}, {"--drain", drain, "--retry-min", "100ms", "--retry-max", "200ms"}) {}
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
  const json params{{"params", {{"durationMs", 60'000}, {"steps", 2}}}};
  const auto task = post(port(), "/api/tasks/alice/start", params).json()["taskId"].get<std::string>();
  Stream of_task(port(), "/api/task-progress/alice/" + task);
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 60; ++i) {
    streams.push_back(std::make_unique<Stream>(port(), "/stream/news"));
    ASSERT_TRUE(streams.back()->wait_for_id());
  }
  publish(port(), 1, 3);
  services.edge.process().signal(SIGTERM);
  ASSERT_TRUE(is_draining());
  EXPECT_EQ(get(port(), "/readyz").json()["reason"], "SHUTTING_DOWN");
  publish(other.port(), 4, 6);
  const Data all{"1", "2", "3", "4", "5", "6"};
  Data first = rest(*streams.front());
  EXPECT_FALSE(of_task.wait_for_end(Clock::now())) << "of one task comes last";
  Stream late(port(), "/stream/news");
  EXPECT_EQ(late.head().status, 200);
  EXPECT_TRUE(late.wait_for_end());
  EXPECT_GE(late.retry(), milliseconds(100)) << "when this edge has gone";
  EXPECT_EQ(late.last_event_id(), "");
  EXPECT_EQ(get(port(), "/stream/news").json()["reason"], "SHUTTING_DOWN") << "who is no EventSource";
  EXPECT_EQ(get(port(), "/api/tasks/alice").status, 200) << "all else goes on";
  for (auto& stream : streams) {
    Data data = stream == streams.front() ? first : rest(*stream);
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
  EXPECT_TRUE(of_task.wait_for_end());
  EXPECT_EQ(services.edge.process().wait(), 0) << services.edge.process().output();
}

TEST_F(DrainTest, WaitsForNothingWithoutStreams) {
  EXPECT_EQ(get(port(), "/healthz").status, 200);
  services.edge.process().signal(SIGTERM);
  EXPECT_EQ(services.edge.process().wait(), 0);
}

TEST_F(DrainTest, IsOverWhenTheLastStreamHasGone) {
  Stream first(port(), "/stream/news"), second(port(), "/stream/news");
  ASSERT_TRUE(first.wait_for_id() && second.wait_for_id());
  services.edge.process().signal(SIGTERM);
  ASSERT_TRUE(is_draining());
  publish(port(), 1, 1);
  EXPECT_EQ(second.next()->data, "1") << "an hour is long";
  first.cut();
  second.cut();
  EXPECT_EQ(services.edge.process().wait(), 0);
}

TEST_F(DrainTest, IsCutShortByASecondSignal) {
  Stream stream(port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
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
