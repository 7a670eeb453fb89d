#include "engine/timestamp.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;

TEST(Timestamp, IsTextInUtcWithMilliseconds) {
  EXPECT_EQ(to_text(SystemTime(milliseconds(1'767'349'845'123))), "2026-01-02T10:30:45.123Z");
  EXPECT_EQ(to_text(SystemTime(std::chrono::microseconds(4'999))), "1970-01-01T00:00:00.004Z");
  EXPECT_EQ(to_text(SystemTime(milliseconds(-1))), "1969-12-31T23:59:59.999Z");
}

TEST(Timestamp, CountsWholeMilliseconds) {
  const auto timestamp = to_timestamp(SystemTime(std::chrono::microseconds(1'234'999)));
  EXPECT_EQ(timestamp.seconds(), 1);
  EXPECT_EQ(timestamp.nanos(), 234'000'000);
}

}  // namespace
}  // namespace taskwire::engine
