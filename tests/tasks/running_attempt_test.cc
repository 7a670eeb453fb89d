#include "tasks/running_attempt.h"

#include <gtest/gtest.h>
#include <thread>

#include "engine/support/wait.h"

namespace taskwire::engine {
namespace {

TEST(RunningAttempt, WaitsItsTimeWhileNobodyStopsIt) {
  RunningAttempt attempt;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(attempt.wait_for(std::chrono::milliseconds(5)));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(5));
  EXPECT_FALSE(attempt.is_stopped());
}

TEST(RunningAttempt, EndsItsWaitWhenItIsStopped) {
  RunningAttempt attempt;
  Inbox<bool> waited;
  std::thread thread([&] { waited.put(attempt.wait_for(std::chrono::hours(1))); });
  attempt.stop(StopReason::time_limit);
  attempt.stop(StopReason::cancelled);
  EXPECT_EQ(waited.take(), false);
  thread.join();
  EXPECT_EQ(attempt.stop_reason(), StopReason::time_limit) << "the first";
  EXPECT_FALSE(attempt.wait_for(std::chrono::hours(1)));
}

TEST(RunningAttempt, TellsOfEachReasonToStop) {
  RunningAttempt attempt;
  int told = 0;
  attempt.on_stop([&] { ++told; });
  EXPECT_EQ(told, 0);
  attempt.stop(StopReason::cancelled);
  EXPECT_EQ(told, 1);
  EXPECT_FALSE(attempt.is_shutting_down());
  attempt.stop(StopReason::shutting_down);
  EXPECT_EQ(told, 2);
  EXPECT_EQ(attempt.stop_reason(), StopReason::cancelled);
  EXPECT_TRUE(attempt.is_shutting_down()) << "whatever came before";
  attempt.on_stop([&] { told += 10; });
  EXPECT_EQ(told, 12) << "at once, where it was to stop before";
}

}  // namespace
}  // namespace taskwire::engine
