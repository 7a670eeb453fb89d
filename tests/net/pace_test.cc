#include "net/pace.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

using std::chrono::seconds;

TEST(Pace, GivesWhoSendsAllTheTimeItTakes) {
  const Pace::Clock::time_point start{};
  Pace pace(seconds(10), start);
  EXPECT_EQ(pace.deadline(), start + seconds(10));
  for (int i = 1; i <= 100; ++i) {
    const auto now = start + seconds(9 * i);
    ASSERT_LT(now, pace.deadline()) << i;
    pace.add(10 * Pace::kLeastBytesPerSecond, now);
  }
}

TEST(Pace, EndsWithAPause) {
  const Pace::Clock::time_point start{};
  Pace pace(seconds(10), start);
  pace.add(1'000'000, start + seconds(1));
  EXPECT_EQ(pace.deadline(), start + seconds(11));
}

TEST(Pace, EndsWithDrops) {
  const Pace::Clock::time_point start{};
  Pace pace(seconds(10), start);
  for (int i = 1; i <= 9; ++i) pace.add(1, start + seconds(i));
  EXPECT_LT(pace.deadline(), start + seconds(11)) << "a byte a second is no progress";
}

}  // namespace
}  // namespace taskwire::edge
