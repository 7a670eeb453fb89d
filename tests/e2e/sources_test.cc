#include <gtest/gtest.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

TEST(Sources, TellOfAHeartAndOfTheMachine) {
  Services services({"--demo-sources"});
  Stream heart(services.edge.port(), "/stream/heart-rate?from=earliest");
  Stream host(services.edge.port(), "/stream/host?from=earliest");
  std::string before;
  for (int i = 0; i < 2; ++i) {
    const auto event = heart.next("heartRate");
    ASSERT_TRUE(event);
    const auto reading = nlohmann::json::parse(event->data);
    EXPECT_GE(reading.at("rate"), 55);
    EXPECT_LE(reading.at("rate"), 110);
    EXPECT_GT(reading.at("timestamp"), before);
    before = reading.at("timestamp");
  }
  const auto event = host.next("host");
  ASSERT_TRUE(event);
  const auto reading = nlohmann::json::parse(event->data);
  EXPECT_GE(reading.at("cpuPercent"), 0);
  EXPECT_LE(reading.at("cpuPercent"), 100);
  EXPECT_GT(reading.at("memoryUsedBytes"), 0);
  EXPECT_GT(reading.at("memoryTotalBytes"), reading.at("memoryUsedBytes"));
  EXPECT_GE(reading.at("load1"), 0);
  EXPECT_EQ(reading.at("timestamp").get<std::string>().size(), before.size());
}

TEST(Sources, AreTheirsAlone) {
  Services services;
  EXPECT_EQ(post(services.edge.port(), "/publish/heart-rate", 75).json()["reason"], "TOPIC_READ_ONLY");
  EXPECT_EQ(post(services.edge.port(), "/publish/host", 75).json()["reason"], "TOPIC_READ_ONLY");
  EXPECT_TRUE(post(services.edge.port(), "/publish/news", 75).json()["id"].get<std::string>().ends_with("-1"))
      << "nothing is told without them";
}

}  // namespace
}  // namespace taskwire::test
