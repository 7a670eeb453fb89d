#include "view/clock.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

std::optional<std::int64_t> ms(std::string_view text) {
  const auto time = parse_time(text);
  return time ? std::optional<std::int64_t>(time->time_since_epoch().count()) : std::nullopt;
}

TEST(ParseTime, ReadsMilliseconds) {
  EXPECT_EQ(ms("1970-01-01T00:00:00.000Z"), 0);
  EXPECT_EQ(ms("2026-01-02T10:30:45.123Z"), 1'767'349'845'123);
}

TEST(ParseTime, ReadsAnyNumberOfDecimals) {
  EXPECT_EQ(ms("1970-01-01T00:00:01Z"), 1'000);
  EXPECT_EQ(ms("1970-01-01T00:00:01.5Z"), 1'500);
  EXPECT_EQ(ms("1970-01-01T00:00:01.123456789Z"), 1'123);
}

TEST(ParseTime, KnowsLeapYears) {
  EXPECT_TRUE(ms("2024-02-29T00:00:00Z"));
  EXPECT_FALSE(ms("2026-02-29T00:00:00Z"));
}

TEST(ParseTime, RefusesWhatIsNoTime) {
  for (const auto* text :
       {"", "Z", "2026-01-02", "2026-01-02T10:30:45.123", "2026-01-02T10:30:45.123+01:00", "2026-1-02T10:30:45Z",
        "2026-13-02T10:30:45Z", "2026-01-32T10:30:45Z", "2026-01-02T24:00:00Z", "2026-01-02T10:60:00Z",
        "2026-01-02T10:30:61Z", "2026-01-02T10:30:45.Z", "2026-01-02T10:30:45.123Zx", "+026-01-02T10:30:45Z",
        "2026-01-02 10:30:45Z", "2026-01-02T-1:30:45Z"}) {
    EXPECT_EQ(ms(text), std::nullopt) << text;
  }
}

TEST(ServerClock, AgreesUntilToldOtherwise) {
  EXPECT_EQ(ServerClock().at(Time(Millis(5))), Time(Millis(5)));
}

TEST(ServerClock, IsNeverBehindWhatTheServerSaid) {
  ServerClock clock;
  clock.saw(Time(Millis(900)), Time(Millis(500)));
  EXPECT_EQ(clock.at(Time(Millis(500))), Time(Millis(900)));
  clock.saw(Time(Millis(100)), Time(Millis(600)));
  EXPECT_EQ(clock.at(Time(Millis(600))), Time(Millis(1000)));
}

TEST(ServerClock, BelievesWhatWasWrittenJustNow) {
  ServerClock clock;
  clock.set(Time(Millis(100)), Time(Millis(500)));
  EXPECT_EQ(clock.at(Time(Millis(700))), Time(Millis(300)));
}

}  // namespace
}  // namespace taskwire::view
