#include "base/thread_pool.h"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <pthread.h>
#include <system_error>

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

/// While there is one, no thread can be started: none gets a stack of that size.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&before_);
    auto huge = before_;
    pthread_attr_setstacksize(&huge, std::size_t{1} << 60U);
    EXPECT_EQ(pthread_setattr_default_np(&huge), 0);
  }
  ~NoThreads() { pthread_setattr_default_np(&before_); }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_{};
};

TEST(ThreadPool, DoesWithTheThreadsThatThereAre) {
  std::promise<void> open;
  const auto gate = open.get_future().share();
  Inbox<int> ran;
  ThreadPool pool(3);
  pool.post([&] {
    gate.wait();
    ran.put(1);
  });
  {
    const NoThreads none;
    EXPECT_NO_THROW(pool.post([&] { ran.put(2); }));
  }
  EXPECT_TRUE(ran.empty());
  open.set_value();
  EXPECT_EQ(ran.take(), 1);
  EXPECT_EQ(ran.take(), 2);
}

TEST(ThreadPool, RefusesWorkThatNobodyWouldDo) {
  int ran = 0;
  {
    ThreadPool pool(3);
    {
      const NoThreads none;
      EXPECT_THROW(pool.post([&] { ran += 1; }), std::system_error);
    }
    pool.post([&] { ran += 10; });
  }
  EXPECT_EQ(ran, 10);
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
