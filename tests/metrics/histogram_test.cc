#include "metrics/histogram.h"

#include <gmock/gmock.h>
#include <thread>

namespace taskwire {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

constexpr std::array<std::uint64_t, 3> kBounds = {1, 10, 100};

TEST(Histogram, CountsABoundInItsOwnBucket) {
  Histogram histogram(kBounds);
  for (const std::uint64_t value : {0, 1, 2, 10, 11, 100, 101, 5000}) histogram.observe(value);
  const auto value = histogram.value();
  EXPECT_THAT(value.counts, ElementsAre(2, 2, 2, 2));
  EXPECT_EQ(value.sum, 5225U);
}

TEST(Histogram, TakesANegativeTimeForNone) {
  Histogram histogram(kTimeBounds);
  histogram.observe(-5s);
  histogram.observe(3ms);
  EXPECT_EQ(histogram.value().counts[0], 1U);
  EXPECT_EQ(histogram.value().sum, 3'000'000U);
}

TEST(Histogram, AddsUp) {
  Histogram one(kBounds), other(kBounds);
  one.observe(std::uint64_t{5});
  other.observe(std::uint64_t{7});
  other.observe(std::uint64_t{700});
  auto sum = one.value();
  sum.add(other.value());
  EXPECT_THAT(sum.counts, ElementsAre(0, 2, 0, 1));
  EXPECT_EQ(sum.sum, 712U);
}

TEST(Histogram, IsReadWhileAnotherThreadObserves) {
  Histogram histogram(kBounds);
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < 100'000; ++i) histogram.observe(std::uint64_t{3});
  });
  std::uint64_t last = 0;
  for (int i = 0; i < 100; ++i) {
    const auto now = histogram.value().counts[1];
    EXPECT_GE(now, last);
    last = now;
  }
  writer.join();
  EXPECT_EQ(histogram.value().counts[1], 100'000U);
  EXPECT_EQ(histogram.value().sum, 300'000U);
}

}  // namespace
}  // namespace taskwire
