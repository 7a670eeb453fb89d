#include "http/rfc3339.h"

#include <gtest/gtest.h>
#include <string>

namespace taskwire::edge {
namespace {

/// Seconds and nanoseconds since 1970, or `none`.
std::string parsed(std::string_view text) {
  const auto time = parse_rfc3339(text);
  return time ? std::to_string(time->seconds()) + "." + std::to_string(time->nanos()) : "none";
}

TEST(Rfc3339, ReadsWhatItSays) {
  EXPECT_EQ(parsed("1970-01-01T00:00:00Z"), "0.0");
  EXPECT_EQ(parsed("2026-01-02T10:30:45.123Z"), "1767349845.123000000");
  EXPECT_EQ(parsed("2026-01-02t10:30:45.1z"), "1767349845.100000000");
  EXPECT_EQ(parsed("2026-01-02T10:30:45.123456789Z"), "1767349845.123456789");
  EXPECT_EQ(parsed("2026-01-02T12:00:45+01:30"), "1767349845.0");
  EXPECT_EQ(parsed("2026-01-02T05:30:45-05:00"), "1767349845.0");
  EXPECT_EQ(parsed("2024-02-29T00:00:00Z"), "1709164800.0");
  EXPECT_EQ(parsed("0001-01-01T00:00:00Z"), "-62135596800.0");
  EXPECT_EQ(parsed("9999-12-31T23:59:59.999999999Z"), "253402300799.999999999");
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
  for (const auto* const text : {"",
                                 "tomorrow",
                                 "2026-01-02",
                                 "2026-01-02T10:30Z",
                                 "2026-01-02T10:30:45",
                                 "2026-01-02 10:30:45Z",
                                 "2026-1-2T1:3:4Z",
                                 "2026-13-02T10:30:45Z",
                                 "2026-00-02T10:30:45Z",
                                 "2026-02-29T10:30:45Z",
                                 "2026-01-32T10:30:45Z",
                                 "2026-01-02T24:00:00Z",
                                 "2026-01-02T10:60:00Z",
                                 "2026-01-02T10:30:60Z",
                                 "2026-01-02T10:30:45.Z",
                                 "2026-01-02T10:30:45.1234567890Z",
                                 "2026-01-02T10:30:45+1:00",
                                 "2026-01-02T10:30:45+0100",
                                 "2026-01-02T10:30:45+24:00",
                                 "2026-01-02T10:30:45+01:60",
                                 "2026-01-02T10:30:45Zx",
                                 "12026-01-02T10:30:45Z",
                                 "-026-01-02T10:30:45Z",
                                 "2026-01-02T10:30:45.-1Z"})
    EXPECT_EQ(parsed(text), "none") << text;
}

TEST(Rfc3339, RefusesWhatItsOffsetPutsOutsideTheYearsThatThereAre) {
  EXPECT_EQ(parsed("9999-12-31T23:59:59-01:00"), "none");
  EXPECT_EQ(parsed("0001-01-01T00:00:00+01:00"), "none");
  EXPECT_EQ(parsed("0000-12-31T23:59:59Z"), "none");
  EXPECT_EQ(parsed("0000-12-31T23:59:59-00:01"), "-62135596741.0") << "that is in year 1";
}

TEST(Rfc3339, RefusesEachBeginningOfATime) {
  const std::string time = "2026-01-02T10:30:45.123+01:00";
  for (std::size_t length = 0; length < time.size(); ++length)
    EXPECT_EQ(parsed(time.substr(0, length)), "none") << length;
}

}  // namespace
}  // namespace taskwire::edge
