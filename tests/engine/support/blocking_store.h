#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "engine/support/wait.h"
#include "store/store.h"

namespace taskwire::engine {

/// A store whose reads wait when told to. Thread-safe where the store is.
class BlockingStore final : public Store {
 public:
  explicit BlockingStore(Store& store) : store_(store) {}
  Result<Committed> commit(const std::function<void(Transaction&)>& write) override { return store_.commit(write); }
  Result<void> reopen() override { return store_.reopen(); }
  Result<void> close() override { return store_.close(); }
  const std::string& epoch() const override { return store_.epoch(); }
  Result<std::unique_ptr<ReadTransaction>> read() override {
    ++reads;
    std::unique_lock lock(mutex_);
    if (is_blocking_) {
      blocked.put(0);
      changed_.wait(lock, [&] { return !is_blocking_; });
    }
    return store_.read();
  }

  /// Reads wait from now on.
  void block() {
    const std::lock_guard lock(mutex_);
    is_blocking_ = true;
  }
  /// They go on.
  void open() {
    const std::lock_guard lock(mutex_);
    is_blocking_ = false;
    changed_.notify_all();
  }

  Inbox<int> blocked;  ///< One for each read that has begun to wait.
  std::atomic<int> reads{0};

 private:
  Store& store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_blocking_ = false;
};

}  // namespace taskwire::engine
