#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

namespace taskwire::engine {

constexpr std::chrono::seconds kDeadline{20};

/// Whether `condition` holds before the deadline. For what tells nobody that it has changed.
template <class Condition>
bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

/// Hands values from any thread to the test. Thread-safe.
template <class T>
class Inbox {
 public:
  void put(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_all();  // within the lock: who takes it may destroy the inbox
  }
  /// The next value; nothing if none comes before the deadline.
  std::optional<T> take() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kDeadline, [&] { return !values_.empty(); })) return std::nullopt;
    auto value = std::move(values_.front());
    values_.pop_front();
    return value;
  }
  [[nodiscard]] bool empty() const {
    const std::lock_guard lock(mutex_);
    return values_.empty();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> values_;
};

}  // namespace taskwire::engine
