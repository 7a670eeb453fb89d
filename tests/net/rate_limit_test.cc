#include "net/rate_limit.h"

#include <gtest/gtest.h>
#include <string>

namespace taskwire::edge {
namespace {

using boost::asio::ip::make_address;

using namespace std::chrono_literals;
using TimePoint = RateLimit::Clock::time_point;

constexpr RateLimit::Clock::duration kNoWait{0};
const TimePoint kStart{1h};

TEST(RateLimit, LetsTenSecondsWorthThroughAtOnceAndThenSoMuchASecond) {
  RateLimit limit(2);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(limit.take(make_address("192.0.2.1"), kStart), kNoWait) << i;
  EXPECT_EQ(limit.take(make_address("192.0.2.1"), kStart), 500ms);
  EXPECT_EQ(limit.take(make_address("192.0.2.1"), kStart + 499ms), 1ms) << "who was refused waits no longer for that";
  EXPECT_EQ(limit.take(make_address("192.0.2.1"), kStart + 500ms), kNoWait);
  EXPECT_EQ(limit.take(make_address("192.0.2.1"), kStart + 500ms), 500ms);
  EXPECT_EQ(limit.refused(), 3U);
  int taken = 0;
  while (limit.take(make_address("192.0.2.1"), kStart + 1h) == kNoWait) ++taken;
  EXPECT_EQ(taken, 20) << "and never more at once";
}

TEST(RateLimit, IsOneOfEachAddress) {
  RateLimit limit(1);
  while (limit.take(make_address("192.0.2.1"), kStart) == kNoWait) {
  }
  EXPECT_EQ(limit.take(make_address("192.0.2.2"), kStart), kNoWait);
  EXPECT_NE(limit.take(make_address("::ffff:192.0.2.1"), kStart), kNoWait) << "the same, as IPv6";
  while (limit.take(make_address("2001:db8::1"), kStart) == kNoWait) {
  }
  EXPECT_NE(limit.take(make_address("2001:db8::2"), kStart), kNoWait) << "of the same network";
  EXPECT_EQ(limit.take(make_address("2001:db8:0:1::1"), kStart), kNoWait);
}

TEST(RateLimit, IsNoneWithoutABound) {
  RateLimit limit(0);
  EXPECT_FALSE(limit.is_bound());
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(limit.take(make_address("192.0.2.1"), kStart), kNoWait);
  EXPECT_EQ(limit.addresses(), 0U);
}

TEST(RateLimit, ForgetsWhoMayDoAllAgain) {
  RateLimit limit(1000);
  for (std::uint32_t i = 0; i < 5000; ++i)
    (void)limit.take(boost::asio::ip::address_v4(i + 1), kStart + i * std::chrono::milliseconds(10));
  EXPECT_LE(limit.addresses(), 1500U);
}

TEST(RateLimit, RemembersNoMoreThanItMay) {
  RateLimit limit(1);
  for (std::uint32_t i = 0; i < RateLimit::kMostAddresses + 10; ++i)
    ASSERT_EQ(limit.take(boost::asio::ip::address_v4(i + 1), kStart), kNoWait);
  EXPECT_EQ(limit.addresses(), RateLimit::kMostAddresses);
}

}  // namespace
}  // namespace taskwire::edge
