#include "process/duration.h"

#include <gtest/gtest.h>

namespace taskwire {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsANumberAndAUnit) {
  EXPECT_EQ(parse_duration("250ms", 1s), 250ms);
  EXPECT_EQ(parse_duration("15s", 1ms), 15s);
  EXPECT_EQ(parse_duration("2m", 1s), 120s);
  EXPECT_EQ(parse_duration("1h", 1s), 3600s);
  EXPECT_EQ(parse_duration("7d", 1s), 168h);
  EXPECT_EQ(parse_duration("0", 1s), 0s);
  EXPECT_EQ(parse_duration("3", 1s), 3s);
  EXPECT_EQ(parse_duration("3", 1ms), 3ms);
}

TEST(Duration, IsNothingElse) {
  for (const auto* text : {"", "s", "-1s", "1.5s", "1 s", "1w", "1sx", "99999999999999999999", "10001d", " 1s"}) {
    EXPECT_FALSE(parse_duration(text, 1s)) << text;
  }
}

TEST(Duration, IsWrittenAsItIsRead) {
  for (const auto duration : {0ms, 1ms, 1500ms, 15'000ms, 120'000ms, 604'800'000ms}) {
    EXPECT_EQ(parse_duration(format_duration(duration), 1s), duration);
  }
  EXPECT_EQ(format_duration(15s), "15s");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
}

}  // namespace
}  // namespace taskwire
