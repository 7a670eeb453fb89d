#include "text/time_text.h"

#include <gtest/gtest.h>

namespace taskwire {
namespace {

using SystemTime = std::chrono::system_clock::time_point;
using std::chrono::milliseconds;

TEST(TimeText, IsInUtcWithMilliseconds) {
  EXPECT_EQ(time_text(SystemTime(milliseconds(1'767'349'845'123))), "2026-01-02T10:30:45.123Z");
  EXPECT_EQ(time_text(SystemTime(std::chrono::microseconds(4'999))), "1970-01-01T00:00:00.004Z");
  EXPECT_EQ(time_text(SystemTime(milliseconds(-1))), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace taskwire
