#include "tasks/type_policy.h"

#include <gtest/gtest.h>
#include <limits>

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;

constexpr RetryPolicy kPolicy{.attempts = 5, .backoff = milliseconds(100), .max_backoff = milliseconds(1000)};

TEST(PauseAfter, LiesBetweenHalfOfACeilingThatDoublesAndAllOfIt) {
  const auto least = [](int failed) { return pause_after(kPolicy, failed, 0).count(); };
  EXPECT_EQ(least(1), 50);
  EXPECT_EQ(least(2), 100);
  EXPECT_EQ(least(4), 400);
  EXPECT_EQ(pause_after(kPolicy, 1, 50), milliseconds(100));
  EXPECT_EQ(pause_after(kPolicy, 1, 51), milliseconds(50));
  for (std::uint64_t random = 0; random < 1000; ++random) {
    EXPECT_GE(pause_after(kPolicy, 3, random), milliseconds(200));
    EXPECT_LE(pause_after(kPolicy, 3, random), milliseconds(400));
  }
}

TEST(PauseAfter, NeverExceedsTheLongest) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  for (const int failed : {5, 100, std::numeric_limits<int>::max()}) {
    EXPECT_GE(pause_after(kPolicy, failed, kMost), milliseconds(500));
    EXPECT_LE(pause_after(kPolicy, failed, kMost), milliseconds(1000));
  }
  EXPECT_LE(pause_after({2, milliseconds(5000), milliseconds(1000)}, 1, kMost), milliseconds(1000));
}

TEST(PauseAfter, MayBeNone) {
  EXPECT_EQ(pause_after({2, milliseconds(0), milliseconds(0)}, 7, 12345), milliseconds(0));
}

}  // namespace
}  // namespace taskwire::engine
