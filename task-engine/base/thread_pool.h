#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/executor.h"

namespace taskwire::engine {

/// An Executor with a few threads, each started when there is work for it, and the machine has one more. Thread-safe.
class ThreadPool final : public Executor {
 public:
  explicit ThreadPool(std::size_t most_threads) : most_threads_(most_threads) {}
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  /// Runs what was posted before, and joins.
  ~ThreadPool() override;

  /// Once the pool is being destroyed `function` is dropped.
  void post(std::function<void()> function) override;

 private:
  void add_thread();
  void work();

  const std::size_t most_threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool is_stopping_ = false;
};

}  // namespace taskwire::engine
