#pragma once

#include <atomic>
#include <memory>

#include "store/store.h"

namespace taskwire::engine {

/// A store that fails when told to: before it commits anything, or after it has. Thread-safe where the store is.
class FailingStore final : public Store {
 public:
  explicit FailingStore(Store& store) : store_(store) {}
  Result<Events> commit(const std::function<void(Transaction&)>& write) override {
    ++commits;
    auto committed = fail_before ? Result<Events>(refuse(Reason::store_failed, "")) : store_.commit(write);
    if (fail_after) return refuse(Reason::unknown_outcome, "");
    return committed;
  }
  Result<void> reopen() override {
    ++reopened;
    return store_.reopen();
  }
  Result<void> close() override { return store_.close(); }
  const std::string& epoch() const override { return store_.epoch(); }
  Result<std::unique_ptr<ReadTransaction>> read() override { return store_.read(); }

  std::atomic<bool> fail_before{false};
  std::atomic<bool> fail_after = false;
  std::atomic<int> commits = 0;
  std::atomic<int> reopened = 0;

 private:
  Store& store_;
};

}  // namespace taskwire::engine
