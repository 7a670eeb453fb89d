#include "tail/screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tail/terminal.h"

namespace taskwire::tail {
namespace {

using testing::ElementsAre;
using Lines = std::vector<std::string>;

class ScreenTest : public testing::Test {
 protected:
  void draw(const Lines& above, const Lines& frame, int columns = 40) {
    terminal.write(screen.draw(above, frame, columns));
  }

  Screen screen;
  test::Terminal terminal{40};
};

TEST_F(ScreenTest, RedrawsItsFrameInPlace) {
  draw({}, {"one 10%", "two 20%", "live"});
  draw({}, {"one 11%", "two", "live"});
  EXPECT_THAT(terminal.lines(), ElementsAre("one 11%", "two", "live"));
  EXPECT_TRUE(terminal.wraps());
}

TEST_F(ScreenTest, LetsOtherLinesScrollAbove) {
  terminal.write("$ command\n");
  draw({}, {"one", "live"});
  draw({"first", "second"}, {"one", "live"});
  draw({"third"}, {"one", "live"});
  EXPECT_THAT(terminal.lines(), ElementsAre("$ command", "first", "second", "third", "one", "live"));
}

TEST_F(ScreenTest, KeepsLongLinesAboveWhole) {
  const std::string text(100, 'x');
  draw({text}, {"live"});
  draw({}, {"still live"});
  EXPECT_THAT(terminal.lines(),
              ElementsAre(std::string(40, 'x'), std::string(40, 'x'), std::string(20, 'x'), "still live"));
}

TEST_F(ScreenTest, GrowsAndShrinks) {
  draw({}, {"live"});
  draw({}, {"one", "two", "live"});
  draw({}, {"two", "live"});
  EXPECT_THAT(terminal.lines(), ElementsAre("two", "live"));
  draw({}, {});
  EXPECT_THAT(terminal.lines(), ElementsAre(""));
}

TEST_F(ScreenTest, BeginsBelowWhereTheTerminalGotNarrower) {
  draw({}, {"one", "live"});
  draw({}, {"ONE", "LIVE"}, 30);
  draw({}, {"ONE", "live"}, 30);
  EXPECT_THAT(terminal.lines(), ElementsAre("one", "live", "ONE", "live"));
  draw({}, {"wide"}, 40);
  EXPECT_THAT(terminal.lines(), ElementsAre("one", "live", "wide"));
}

TEST_F(ScreenTest, BeginsWhereTheCursorIsWhenOthersHaveWritten) {
  draw({}, {"one", "live"});
  terminal.write("\n$ fg\n");
  screen.forget();
  draw({}, {"one", "live"});
  EXPECT_THAT(terminal.lines(), ElementsAre("one", "live", "$ fg", "one", "live"));
}

}  // namespace
}  // namespace taskwire::tail
