#pragma once

#include <atomic>
#include <memory>
#include <random>

#include "store/store.h"

namespace taskwire::engine {

/// A store that fails when told to: before it commits anything, or after it has, or now and again in one of these ways.
/// Thread-safe where the store is.
class FailingStore final : public Store {
 public:
  explicit FailingStore(Store& store) : store_(store) {}
  Result<Events> commit(const std::function<void(Transaction&)>& write) override {
    ++commits;
    const auto fate = random_() % 100;
    const bool fails = fate < failures_per_cent;
    auto committed = fail_before || (fails && fate % 2 == 0) ? Result<Events>(refuse(Reason::store_failed, ""))
                                                             : store_.commit(write);
    if (fail_after || fails) return refuse(Reason::unknown_outcome, "");
    return committed;
  }
  Result<void> reopen() override {
    ++reopened;
    return store_.reopen();
  }
  Result<void> close() override { return store_.close(); }
  const std::string& epoch() const override { return store_.epoch(); }
  Result<std::unique_ptr<ReadTransaction>> read() override {
    if (fail_reads) return refuse(Reason::store_failed, "");
    return store_.read();
  }

  std::atomic<bool> fail_before{false};
  std::atomic<bool> fail_after = false;
  std::atomic<bool> fail_reads = false;
  std::atomic<unsigned> failures_per_cent = 0;  ///< Of the commits; half of these take place.
  std::atomic<int> commits = 0;
  std::atomic<int> reopened = 0;

 private:
  Store& store_;
  std::minstd_rand random_{7};
};

}  // namespace taskwire::engine
