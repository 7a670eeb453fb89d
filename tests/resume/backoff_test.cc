#include "resume/backoff.h"

#include <gtest/gtest.h>

namespace taskwire {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesItsCeilingUpToTheMost) {
  Backoff backoff({milliseconds(100), milliseconds(1000)}, [] { return 0.5; });
  for (const int expected : {50, 100, 200, 400, 500, 500}) EXPECT_EQ(backoff.next(), milliseconds(expected));
}

TEST(Backoff, NeverGoesBelowTheLeast) {
  Backoff backoff({milliseconds(100), milliseconds(1000), milliseconds(20)}, [] { return 0.0; });
  EXPECT_EQ(backoff.next(), milliseconds(20));
}

TEST(Backoff, BeginsAnewAfterReset) {
  Backoff backoff({milliseconds(100), milliseconds(1000)}, [] { return 0.5; });
  (void)backoff.next();
  (void)backoff.next();
  EXPECT_EQ(backoff.attempts(), 2);
  backoff.reset();
  EXPECT_EQ(backoff.attempts(), 0);
  EXPECT_EQ(backoff.next(), milliseconds(50));
}

TEST(Backoff, StaysAtTheMostForEver) {
  Backoff backoff({milliseconds(500), milliseconds(30'000)}, [] { return 0.999; });
  for (int i = 0; i < 10'000; ++i) ASSERT_LE(backoff.next(), milliseconds(30'000));
}

}  // namespace
}  // namespace taskwire
