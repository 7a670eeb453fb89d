#include "base/thread_pool.h"

#include <system_error>
#include <utility>

namespace taskwire::engine {

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void ThreadPool::post(std::function<void()> function) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return;
    waiting_.push_back(std::move(function));
    if (idle_ < waiting_.size() && threads_.size() < most_threads_) add_thread();
  }
  changed_.notify_one();
}

void ThreadPool::add_thread() {
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {  // the machine has no more: those that there are do it all
    if (!threads_.empty()) return;
    waiting_.pop_back();
    throw;
  }
}

void ThreadPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(lock, [&] { return is_stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    auto function = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    function();
    function = nullptr;
    lock.lock();
  }
}

}  // namespace taskwire::engine
