#include "http/pulse.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace taskwire::edge {
namespace {

v1::Event pulse(const std::string& data) {
  v1::Event event;
  event.set_data(data);
  event.mutable_time()->set_seconds(1'767'349'845);
  return event;
}

TEST(PulseStatistics, SayNothingOfNoPulse) {
  EXPECT_EQ(PulseStatistics().json(), R"({"count":0,"min":null,"max":null,"mean":null,"pulses":[]})");
}

TEST(PulseStatistics, CountAllAndListTheNewestFirst) {
  PulseStatistics statistics;
  for (int bpm = 50; bpm < 200; ++bpm)
    statistics.add(pulse(R"({"bpm":)" + std::to_string(bpm) + R"(,"userId":"alice"})"));
  const auto told = nlohmann::json::parse(statistics.json());
  EXPECT_EQ(told["count"], 150);
  EXPECT_EQ(told["min"], 50);
  EXPECT_EQ(told["max"], 199);
  EXPECT_EQ(told["mean"], 124.5);
  ASSERT_EQ(told["pulses"].size(), 100U);
  EXPECT_EQ(told["pulses"][0],
            (nlohmann::json{{"bpm", 199}, {"userId", "alice"}, {"timestamp", "2026-01-02T10:30:45.000Z"}}));
  EXPECT_EQ(told["pulses"][99]["bpm"], 100);
}

TEST(PulseStatistics, PassOverWhatIsNoPulse) {
  PulseStatistics statistics;
  for (const auto* data : {"", "1", "{}", R"({"bpm":"72","userId":"alice"})", R"({"bpm":72,"userId":1})"})
    statistics.add(pulse(data));
  EXPECT_EQ(nlohmann::json::parse(statistics.json())["count"], 0);
}

}  // namespace
}  // namespace taskwire::edge
