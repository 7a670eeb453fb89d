#include "base/timestamp.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

TEST(Timestamp, CountsWholeMilliseconds) {
  const auto timestamp = to_timestamp(SystemTime(std::chrono::microseconds(1'234'999)));
  EXPECT_EQ(timestamp.seconds(), 1);
  EXPECT_EQ(timestamp.nanos(), 234'000'000);
}

}  // namespace
}  // namespace taskwire::engine
