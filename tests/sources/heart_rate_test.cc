#include "sources/heart_rate.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sources/now.h"

namespace taskwire::engine {
namespace {

int rate_of(HeartRate& source) {
  return nlohmann::json::parse(source.read(kNow)->data()).at("rate").get<int>();
}

TEST(HeartRate, TellsARateAndItsTime) {
  HeartRate source([] { return 3; });
  const auto event = source.read(kNow);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->topic(), "channels/heart-rate");
  EXPECT_EQ(event->type(), "heartRate");
  EXPECT_EQ(event->data(), R"({"rate":75,"timestamp":"2026-01-02T10:30:45.123Z"})");
}

TEST(HeartRate, GoesUpAndDownByALittle) {
  std::uint64_t bits = 6;
  HeartRate source([&] { return bits; });
  EXPECT_EQ(rate_of(source), 78);
  bits = 0;
  EXPECT_EQ(rate_of(source), 75);
  bits = 4;
  EXPECT_EQ(rate_of(source), 76);
}

TEST(HeartRate, StaysWithinItsBounds) {
  const auto walk = [](const Random& random) {
    HeartRate source(random);
    int least = 1000;
    int most = 0;
    int last = 75;
    for (int i = 0; i < 10'000; ++i) {
      const int rate = rate_of(source);
      EXPECT_LE(std::abs(rate - last), 6);
      least = std::min(least, rate);
      most = std::max(most, rate);
      last = rate;
    }
    return std::pair(least, most);
  };
  EXPECT_LE(walk([] { return 6; }).second, 110);
  EXPECT_GE(walk([] { return 0; }).first, 55);
  const auto [least, most] = walk(system_random());
  EXPECT_GE(least, 55);
  EXPECT_LE(most, 110);
  EXPECT_GT(most - least, 10) << "it lives";
}

}  // namespace
}  // namespace taskwire::engine
