#include "view/heart_rate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Time kNow{Millis(1'000'000)};

HeartRate open(Pattern pattern) {
  HeartRate heart_rate(pattern, 1, [] { return 0.5; });
  heart_rate.feed().connection().connect(kNow);
  heart_rate.feed().opened(kNow);
  return heart_rate;
}

TEST(DecodeReading, ReadsEachPattern) {
  EXPECT_EQ(decode_reading(Pattern::words, "Heart Rate: 75 bpm"), 75);
  EXPECT_EQ(decode_reading(Pattern::json, R"({"rate":75,"timestamp":"2026-01-02T10:30:45.123Z"})"), 75);
  EXPECT_EQ(decode_reading(Pattern::number, "75"), 75);
}

TEST(DecodeReading, TakesNothingElse) {
  for (const auto* data : {"", "Heart Rate: bpm", "Heart Rate:  bpm", "Heart Rate: 7x bpm", "heart rate: 75 bpm", "75",
                           "Heart Rate: 75 bpm ", "Heart Rate: -1 bpm", "Heart Rate: 1000 bpm"}) {
    EXPECT_EQ(decode_reading(Pattern::words, data), std::nullopt) << data;
  }
  for (const auto* data : {"", "75", "{}", R"({"rate":7.5})", R"({"rate":null})", R"({"rate":)"}) {
    EXPECT_EQ(decode_reading(Pattern::json, data), std::nullopt) << data;
  }
  for (const auto* data : {"", " 75", "75.0", "7 5", "99999999999999999999"}) {
    EXPECT_EQ(decode_reading(Pattern::number, data), std::nullopt) << data;
  }
}

TEST(HeartRate, HasAPathForEachPattern) {
  EXPECT_EQ(open(Pattern::words).feed().url(), "/string-item");
  EXPECT_EQ(open(Pattern::json).feed().url(), "/json-item");
  EXPECT_EQ(open(Pattern::number).feed().url(), "/sse-item");
}

TEST(HeartRate, KeepsTheReadingsInOrderAndOnce) {
  auto heart_rate = open(Pattern::number);
  heart_rate.received({"heartRate", "e1-1", "70"}, kNow);
  heart_rate.received({"heartRate", "e1-2", "72"}, kNow);
  heart_rate.received({"heartRate", "e1-2", "72"}, kNow);
  heart_rate.received({"heartRate", "e1-3", "71"}, kNow);
  EXPECT_THAT(heart_rate.readings(), ElementsAre(70, 72, 71));
  EXPECT_EQ(heart_rate.log().shown().front()->id, "e1-3");
}

TEST(HeartRate, KeepsTheLastSixty) {
  auto heart_rate = open(Pattern::number);
  for (int i = 1; i <= 70; ++i) {
    heart_rate.received({"heartRate", "e1-" + std::to_string(i), std::to_string(50 + i)}, kNow);
  }
  EXPECT_EQ(heart_rate.readings().size(), HeartRate::kMostReadings);
  EXPECT_EQ(heart_rate.readings().front(), 61);
  EXPECT_EQ(heart_rate.readings().back(), 120);
}

TEST(HeartRate, LogsWhatItDoesNotUnderstand) {
  auto heart_rate = open(Pattern::number);
  heart_rate.received({"heartRate", "e1-1", "lots"}, kNow);
  EXPECT_THAT(heart_rate.readings(), IsEmpty());
  EXPECT_EQ(heart_rate.log().shown().front()->text, "not understood");
}

TEST(HeartRate, BeginsAnewWhereTheLogIsAnotherOne) {
  auto heart_rate = open(Pattern::number);
  heart_rate.received({"heartRate", "e1-1", "70"}, kNow);
  heart_rate.received({"reset", "e1-1", R"({"reason":"epoch"})"}, kNow);
  heart_rate.received({"heartRate", "e1-1", "80"}, kNow);
  EXPECT_THAT(heart_rate.readings(), ElementsAre(80));
  EXPECT_EQ(heart_rate.log().shown().front()->id, "");
}

}  // namespace
}  // namespace taskwire::view
