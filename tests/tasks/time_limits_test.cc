#include "tasks/time_limits.h"

#include <gtest/gtest.h>

#include "engine/support/manual_clock.h"

namespace taskwire::engine {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(TimeLimits, StopWhoHasRunAsLongAsTheyMay) {
  ManualClock clock;
  const auto limits = TimeLimits::of(clock, clock);
  const auto shorter = std::make_shared<RunningAttempt>();
  const auto longer = std::make_shared<RunningAttempt>();
  (void)limits->add(longer, milliseconds(5000));
  (void)limits->add(shorter, milliseconds(200));
  clock.advance(milliseconds(199));
  EXPECT_FALSE(shorter->is_stopped());
  clock.advance(milliseconds(1));
  EXPECT_EQ(shorter->stop_reason(), StopReason::time_limit);
  for (int i = 0; i < 47; ++i) clock.advance(milliseconds(100));
  EXPECT_FALSE(longer->is_stopped());
  clock.advance(milliseconds(100));
  EXPECT_EQ(longer->stop_reason(), StopReason::time_limit);
}

TEST(TimeLimits, GoByTheClockThatDoesNotJump) {
  ManualClock clock;
  const auto limits = TimeLimits::of(clock, clock);
  const auto attempt = std::make_shared<RunningAttempt>();
  (void)limits->add(attempt, milliseconds(500));
  clock.jump(hours(24));
  clock.advance(milliseconds(499));
  EXPECT_FALSE(attempt->is_stopped());
  clock.jump(-hours(48));
  clock.advance(milliseconds(1));
  EXPECT_TRUE(attempt->is_stopped());
}

TEST(TimeLimits, ForgetWhatHasEndedAndKeepFewTimers) {
  ManualClock clock;
  const auto limits = TimeLimits::of(clock, clock);
  for (int i = 0; i < 1000; ++i) {
    const auto attempt = std::make_shared<RunningAttempt>();
    limits->remove(limits->add(attempt, hours(24 * 30)));
  }
  EXPECT_LE(clock.timers(), 1U);
  clock.advance(Alarm::kLongest);
  EXPECT_EQ(clock.timers(), 0U);
}

}  // namespace
}  // namespace taskwire::engine
