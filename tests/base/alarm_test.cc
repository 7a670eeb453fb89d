#include "base/alarm.h"

#include <gtest/gtest.h>

#include "engine/support/manual_clock.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;

struct Rings {
  ManualClock clock;
  int count = 0;
  std::shared_ptr<Alarm> alarm = Alarm::of(clock, clock, [this] { ++count; });
};

TEST(Alarm, RingsOnceForWhatIsDueFirst) {
  Rings rings;
  rings.alarm->set(milliseconds(300));
  rings.alarm->set(milliseconds(500));
  rings.alarm->set(milliseconds(100));
  rings.clock.advance(milliseconds(99));
  EXPECT_EQ(rings.count, 0);
  rings.clock.advance(milliseconds(1));
  EXPECT_EQ(rings.count, 1);
  rings.clock.advance(milliseconds(900));
  EXPECT_EQ(rings.count, 1);
}

TEST(Alarm, RingsAgainWhenItIsSetAgain) {
  Rings rings;
  rings.alarm->set(milliseconds(100));
  rings.clock.advance(milliseconds(100));
  rings.alarm->set(milliseconds(-5));
  rings.clock.advance(milliseconds(0));
  EXPECT_EQ(rings.count, 2);
}

TEST(Alarm, RingsAfterASecondAtTheLatest) {
  Rings rings;
  rings.alarm->set(std::chrono::hours(24));
  rings.clock.advance(milliseconds(1000));
  EXPECT_EQ(rings.count, 1);
  EXPECT_EQ(rings.clock.timers(), 0U);
}

TEST(Alarm, KeepsOneTimerHoweverOftenItIsSet) {
  Rings rings;
  for (int i = 0; i < 1000; ++i) rings.alarm->set(milliseconds(100 + i));
  EXPECT_EQ(rings.clock.timers(), 1U);
}

TEST(Alarm, IsSilentWhenItIsGone) {
  Rings rings;
  rings.alarm->set(milliseconds(100));
  rings.alarm.reset();
  rings.clock.advance(milliseconds(100));
  EXPECT_EQ(rings.count, 0);
}

}  // namespace
}  // namespace taskwire::engine
