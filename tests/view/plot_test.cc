#include "view/plot.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

namespace taskwire::view {
namespace {

TEST(Plot, SaysThatThereIsNothingYet) {
  EXPECT_EQ(plot({}).points, "");
  EXPECT_EQ(plot({}).text, "No readings yet");
}

TEST(Plot, PutsTheNewestAtTheRight) {
  const std::vector<int> readings = {120, 50, 85};
  EXPECT_EQ(plot(readings).points, "57,0 58,60 59,30");
  EXPECT_EQ(plot(readings).text, "3 readings, 50 to 120 bpm");
}

TEST(Plot, FillsTheWidthWithSixty) {
  const std::vector<int> readings(60, 85);
  const auto points = plot(readings).points;
  EXPECT_TRUE(points.starts_with("0,30 1,30 "));
  EXPECT_TRUE(points.ends_with(" 59,30"));
}

TEST(Plot, WidensItsScaleWhereAReadingLiesBeyond) {
  EXPECT_EQ(plot(std::vector{190, 50}).points, "58,0 59,60");
  EXPECT_EQ(plot(std::vector{0, 120}).points, "58,60 59,0");
}

TEST(Plot, CountsOneReadingAsOne) {
  EXPECT_EQ(plot(std::vector{70}).text, "1 reading, 70 to 70 bpm");
}

}  // namespace
}  // namespace taskwire::view
