#include "base/thread_pool.h"

#include <atomic>
#include <future>
#include <gtest/gtest.h>

#include "base/timer_thread.h"
#include "engine/support/wait.h"

namespace taskwire::engine {
namespace {

TEST(ThreadPool, RunsAsManyAtATimeAsItMay) {
  std::promise<void> open;
  const auto gate = open.get_future().share();
  Inbox<int> begun;
  ThreadPool pool(3);
  for (int i = 0; i < 5; ++i) {
    pool.post([&] {
      begun.put(1);
      gate.wait();
    });
  }
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(begun.take());
  EXPECT_TRUE(begun.empty());
  open.set_value();
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(begun.take());
}

TEST(ThreadPool, RunsWhatWasPostedBeforeItEnds) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool(2);
    for (int i = 0; i < 1000; ++i) pool.post([&] { ++ran; });
  }
  EXPECT_EQ(ran, 1000);
}

TEST(TimerThread, RunsInTheOrderOfTime) {
  Inbox<int> due;
  TimerThread timers;
  const auto now = std::chrono::steady_clock::now();
  timers.at(now + std::chrono::milliseconds(20), [&] { due.put(2); });
  timers.at(now + std::chrono::milliseconds(10), [&] { due.put(1); });
  timers.at(now + std::chrono::hours(1), [&] { due.put(3); });
  EXPECT_EQ(due.take(), 1);
  EXPECT_EQ(due.take(), 2);
  EXPECT_GE(std::chrono::steady_clock::now(), now + std::chrono::milliseconds(20));
  EXPECT_TRUE(due.empty());
}

TEST(TimerThread, LetsAFunctionSetTheNextTimer) {
  Inbox<int> due;
  TimerThread timers;
  timers.at(SteadyTime{}, [&] { timers.at(SteadyTime{}, [&] { due.put(1); }); });
  EXPECT_EQ(due.take(), 1);
}

}  // namespace
}  // namespace taskwire::engine
