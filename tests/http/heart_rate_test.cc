#include "http/heart_rate.h"

#include <gtest/gtest.h>

#include "hub/events.h"

namespace taskwire::edge {
namespace {

TEST(HeartRate, IsReadFromItsReading) {
  EXPECT_EQ(heart_rate(R"({"rate":75,"timestamp":"2026-01-02T10:30:45.123Z"})"), 75);
  for (const auto* data : {"", "75", "{}", R"({"rate":"75"})", R"({"rate":75.5})"})
    EXPECT_EQ(heart_rate(data), std::nullopt) << data;
}

TEST(HeartRate, HasThreeForms) {
  auto reading = published("e", 7, std::string(kHeartRateTopic), R"({"rate":75,"timestamp":"t"})");
  reading.set_type("heartRate");
  const auto event = make_event(reading, WithId::yes);
  EXPECT_EQ(event->frame(Projection::whole).plain(),
            "id: e-7\nevent: heartRate\ndata: {\"rate\":75,\"timestamp\":\"t\"}\n\n");
  EXPECT_EQ(event->frame(Projection::heart_rate_text).plain(),
            "id: e-7\nevent: heartRate\ndata: Heart Rate: 75 bpm\n\n");
  EXPECT_EQ(event->frame(Projection::heart_rate_number).plain(),
            "id: e-7\nevent: heartRate\nretry: 60000\ndata: 75\n\n");
  EXPECT_EQ(frame_of(event, Projection::heart_rate_text)->plain(), event->frame(Projection::heart_rate_text).plain());
}

TEST(HeartRate, IsOfItsTopicAlone) {
  const auto event = make_event(published("e", 7, "channels/news", R"({"rate":75})"), WithId::yes);
  EXPECT_TRUE(event->projections.empty());
  EXPECT_EQ(event->frame(Projection::heart_rate_number).plain(), event->frame().plain());
}

}  // namespace
}  // namespace taskwire::edge
