#include "bench/histogram.h"

#include <gtest/gtest.h>
#include <limits>

namespace taskwire::bench {
namespace {

Histogram of_one(std::int64_t value) {
  Histogram histogram;
  histogram.add(value);
  return histogram;
}

TEST(Histogram, IsZeroWhereItIsEmpty) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.at(0.5), 0);
  EXPECT_EQ(histogram.max(), 0);
}

TEST(Histogram, TellsSmallValuesExactly) {
  Histogram histogram;
  for (int value = 1; value <= 100; ++value) histogram.add(value);
  EXPECT_EQ(histogram.at(0), 1);
  EXPECT_EQ(histogram.at(0.01), 1);
  EXPECT_EQ(histogram.at(0.5), 50);
  EXPECT_EQ(histogram.at(0.99), 99);
  EXPECT_EQ(histogram.at(1), 100);
}

TEST(Histogram, IsNeverFarOffAndNeverBelow) {
  for (int bits = 0; bits < 62; ++bits) {
    for (const std::int64_t around : {-1, 0, 1}) {
      const auto value = (std::int64_t{1} << bits) + around;
      Histogram histogram;
      histogram.add(value);
      histogram.add(std::numeric_limits<std::int64_t>::max());  // so that the end does not correct it
      const auto told = histogram.at(0.5);
      EXPECT_GE(told, value);
      EXPECT_LE(static_cast<double>(told - value), static_cast<double>(value) / 64) << value;
    }
  }
}

TEST(Histogram, KeepsToItsBounds) {
  EXPECT_EQ(of_one(-5).at(1), 0);
  EXPECT_EQ(of_one(std::numeric_limits<std::int64_t>::min()).max(), 0);
  EXPECT_EQ(of_one(std::numeric_limits<std::int64_t>::max()).at(1), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(of_one(1'000'003).at(0.5), 1'000'003) << "no more than the longest";
  EXPECT_EQ(of_one(7).at(-1), 7);
  EXPECT_EQ(of_one(7).at(2), 7);
}

TEST(Histogram, FindsTheOneInAHundred) {
  Histogram histogram;
  for (int i = 0; i < 99; ++i) histogram.add(10);
  histogram.add(1'000'000);
  EXPECT_EQ(histogram.at(0.99), 10);
  EXPECT_EQ(histogram.at(0.991), 1'000'000);
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0U);
}

}  // namespace
}  // namespace taskwire::bench
