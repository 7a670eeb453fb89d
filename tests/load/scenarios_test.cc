// Each scenario at a small size, against what it is for: an engine and an edge, and the floor server.
#include <gtest/gtest.h>

#include "load/runs.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

/// What keeps a run short.
const std::vector<std::string> kShort = {"--warm-up", "50ms", "--settle", "100ms", "--time", "300ms"};

class ScenariosTest : public testing::Test {
 protected:
  Measured measure(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), kShort.begin(), kShort.end());
    for (auto* const service : {&services.engine, &services.edge}) {
      arguments.emplace_back("--server-pid");
      arguments.push_back(std::to_string(service->process().pid()));
    }
    arguments.insert(arguments.end(), {"--url", "http://" + services.edge.address()});
    auto measured = bench(std::move(arguments));
    EXPECT_EQ(measured.status, 0) << measured.output;
    EXPECT_EQ(measured.faults(), "0 0 0 0 0");
    EXPECT_GT(measured.figure("clientShare"), 0);
    return measured;
  }

  Services services;
};

TEST_F(ScenariosTest, Idle) {
  const auto measured = measure({"idle", "--readers", "50", "--channels", "10"});
  EXPECT_EQ(measured.figure("streams"), 50);
  EXPECT_NE(measured.figure("kibPerStream"), -1);
}

TEST_F(ScenariosTest, FanOut) {
  const auto measured = measure({"fan-out", "--readers", "20", "--rate", "50"});
  EXPECT_EQ(measured.figure("published"), 15);
  EXPECT_EQ(measured.figure("deliveries"), 300);
  EXPECT_GT(measured.figure("cpuMicrosPerDelivery"), 0);
}

TEST_F(ScenariosTest, FanOutInOrderByOneCaller) {
  const auto measured = measure({"fan-out", "--readers", "5", "--rate", "0", "--callers", "1"});
  EXPECT_GT(measured.figure("published"), 0);
  EXPECT_EQ(measured.figure("deliveries"), 5 * measured.figure("published"));
}

TEST_F(ScenariosTest, Channels) {
  const auto measured = measure({"channels", "--readers", "20"});
  EXPECT_GT(measured.figure("published"), 0);
  EXPECT_EQ(measured.figure("deliveries"), measured.figure("published"));
}

TEST_F(ScenariosTest, ChannelsWithSeveralReadersEach) {
  const auto measured = measure({"channels", "--readers", "20", "--channels", "5", "--rate", "100"});
  EXPECT_EQ(measured.figure("published"), 30);
  EXPECT_EQ(measured.figure("deliveries"), 120);
}

TEST_F(ScenariosTest, Most) {
  // At a rate that any machine can, and with a p99 that none misses.
  const auto measured = bench({"most", "--url", "http://" + services.edge.address(), "--readers", "5", "--rate", "10",
                               "--latency", "1m", "--settle", "20ms", "--time", "100ms"});
  EXPECT_EQ(measured.status, 0) << measured.output;
  EXPECT_GT(measured.figure("deliveriesPerSecond"), 0);
  EXPECT_GE(measured.figure("rate"), 10);
}

TEST_F(ScenariosTest, Connect) {
  EXPECT_EQ(measure({"connect", "--readers", "100", "--at-once", "30"}).figure("streams"), 100);
}

TEST_F(ScenariosTest, Replay) {
  EXPECT_EQ(measure({"replay", "--readers", "30", "--events", "40"}).figure("replayed"), 1200);
}

TEST_F(ScenariosTest, Slow) {
  const auto measured = measure({"slow", "--readers", "20", "--stalled", "5", "--rate", "50", "--owed", "960"});
  EXPECT_EQ(measured.figure("owedKibPerStalled"), 960);
  EXPECT_EQ(measured.figure("stalledCut") + measured.figure("stalledCaughtUp"), 5);
  EXPECT_GT(measured.figure("withoutP99Ms"), 0);
  EXPECT_GT(measured.figure("withP99Ms"), 0);
}

TEST_F(ScenariosTest, Interference) {
  const auto measured = measure({"interference", "--readers", "10", "--events", "20", "--rate", "50"});
  EXPECT_EQ(measured.figure("publishedBeside"), 15);
  const auto replayed = static_cast<int>(measured.figure("replayed"));
  EXPECT_GT(replayed, 0);
  EXPECT_EQ(replayed % 20, 0) << "each who came got all";
  EXPECT_GE(replayed, 400) << "and others after them";
}

TEST_F(ScenariosTest, Polling) {
  const auto measured = measure({"polling", "--readers", "20", "--rate", "50", "--interval", "100ms"});
  EXPECT_EQ(measured.figure("streamUpdates"), 15);
  EXPECT_EQ(measured.figure("pollUpdates"), 15);
  EXPECT_GT(measured.figure("pollRequests"), 15);
}

TEST(FloorServer, ServesWhatItIsMeasuredBy) {
  Process server({program_path("taskwire-bench-floor"), "0"});
  const auto line = server.wait_for_line("listening on ");
  ASSERT_TRUE(line);
  const auto url = "http://" + line->substr(line->rfind(' ') + 1);
  for (const std::vector<std::string>& scenario : {std::vector<std::string>{"fan-out", "--rate", "50"},
                                                   {"channels"},
                                                   {"replay", "--events", "30"},
                                                   {"slow", "--rate", "50", "--owed", "16384"},
                                                   {"idle"}}) {
    auto arguments = scenario;
    arguments.insert(arguments.end(), kShort.begin(), kShort.end());
    arguments.insert(arguments.end(), {"--url", url, "--server", "floor", "--readers", "20"});
    const auto measured = bench(std::move(arguments));
    EXPECT_EQ(measured.status, 0) << measured.output;
    if (scenario.front() == "slow") {
      EXPECT_EQ(measured.figure("stalledCut"), 1) << "it gives up who takes nothing";
    }
  }
}

}  // namespace
}  // namespace taskwire::test
