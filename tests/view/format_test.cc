#include "view/format.h"

#include <cstdint>
#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(FormatCount, GroupsFromFiveDigitsOn) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(1000), "1000");
  EXPECT_EQ(format_count(12'500), "12\u202f500");
  EXPECT_EQ(format_count(1'234'567), "1\u202f234\u202f567");
  EXPECT_EQ(format_count(-123'456), "-123\u202f456");
}

TEST(FormatBytes, ChoosesAUnit) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1024), "1.0 KiB");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes(34 << 20), "34 MiB");
  EXPECT_EQ(format_bytes(INT64_MAX), "8191 PiB");
  EXPECT_EQ(format_bytes(-5), "0 B");
}

TEST(FormatAmount, SaysDoneOfTotal) {
  EXPECT_EQ(format_amount(420, 1000, "items"), "420/1000 items");
  EXPECT_EQ(format_amount(3, 7, ""), "3/7");
}

TEST(FormatAmount, SaysDoneWhereTheTotalIsUnknown) {
  EXPECT_EQ(format_amount(420, 0, "items"), "420 items");
  EXPECT_EQ(format_amount(2048, 0, "bytes"), "2.0 KiB");
  EXPECT_EQ(format_amount(0, 0, "items"), "");
}

TEST(FormatAmount, SharesTheUnitOfBytes) {
  EXPECT_EQ(format_amount(1 << 20, 34LL << 20, "bytes"), "1.0/34 MiB");
  EXPECT_EQ(format_amount(512, 3 << 20, "bytes"), "0.0/3.0 MiB");
}

TEST(FormatDuration, GrowsWithTheTime) {
  EXPECT_EQ(format_duration(Millis(-1)), "0 s");
  EXPECT_EQ(format_duration(Millis(1'450)), "1.4 s");
  EXPECT_EQ(format_duration(Millis(3'004)), "3 s");
  EXPECT_EQ(format_duration(Millis(59'900)), "59 s");
  EXPECT_EQ(format_duration(minutes(3) + seconds(5)), "3 min 05 s");
  EXPECT_EQ(format_duration(hours(1) + minutes(4)), "1 h 04 min");
  EXPECT_EQ(format_duration(hours(51)), "2 d 3 h");
}

TEST(FormatAge, BeginsWithNow) {
  EXPECT_EQ(format_age(Millis(-20)), "now");
  EXPECT_EQ(format_age(Millis(999)), "now");
  EXPECT_EQ(format_age(Millis(3'900)), "3 s ago");
}

TEST(FormatGuess, IsNoMoreExactThanAGuess) {
  EXPECT_EQ(format_guess(Millis(0)), "1 s");
  EXPECT_EQ(format_guess(Millis(7'100)), "8 s");
  EXPECT_EQ(format_guess(Millis(41'000)), "40 s");
  EXPECT_EQ(format_guess(Millis(58'000)), "1 min");
  EXPECT_EQ(format_guess(Millis(119'000)), "2 min");
  EXPECT_EQ(format_guess(std::chrono::minutes(59) + Millis(40'000)), "1 h");
  EXPECT_EQ(format_guess(std::chrono::minutes(83)), "1 h 20 min");
  EXPECT_EQ(format_guess(std::chrono::hours(23) + std::chrono::minutes(58)), "1 d");
  EXPECT_EQ(format_guess(std::chrono::hours(70)), "3 d");
}

TEST(FormatTimeOfDay, CountsWithThePlace) {
  const Time time{hours(24) + hours(22) + minutes(5) + seconds(9)};
  EXPECT_EQ(format_time_of_day(time, Millis(0)), "22:05:09");
  EXPECT_EQ(format_time_of_day(time, hours(2)), "00:05:09");
  EXPECT_EQ(format_time_of_day(time, -hours(23)), "23:05:09");
}

TEST(Shorten, KeepsWhatIsShort) {
  EXPECT_EQ(shorten("short", 5), "short");
  EXPECT_EQ(shorten("", 0), "");
}

TEST(Shorten, NeverCutsACharacter) {
  EXPECT_EQ(shorten("grün", 2), "gr\u2026");
  EXPECT_EQ(shorten("grün", 3), "gr\u2026");
  EXPECT_EQ(shorten("grün", 4), "grü\u2026");
}

TEST(Shorten, MakesOneLine) {
  EXPECT_EQ(shorten("a\r\nb", 9), "a  b");
}

}  // namespace
}  // namespace taskwire::view
