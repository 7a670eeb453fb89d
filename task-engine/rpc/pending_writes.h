#pragma once

#include <cstddef>
#include <list>
#include <mutex>

#include "gate/complaints.h"

namespace taskwire::rpc {

/// A call that can be ended from outside.
class Cuttable {
 public:
  /// Ends the call as if its caller had cancelled it. May end the write under way before it returns.
  virtual void cut() = 0;

 protected:
  ~Cuttable() = default;
};

/// The messages that are on their way to callers, in bytes. Beyond a limit the one that has been so longest is given
/// up, and its call cut: callers who take nothing hold no more than that of the engine's memory. Thread-safe.
class PendingWrites {
 public:
  struct Write {
    Cuttable* call;
    std::size_t bytes;
    bool is_cut = false;
  };
  using Id = std::list<Write>::iterator;

  /// `complaints` must outlive it.
  PendingWrites(std::size_t most_bytes, gate::Complaints& complaints)
      : most_bytes_(most_bytes), complaints_(complaints) {}
  PendingWrites(const PendingWrites&) = delete;
  PendingWrites& operator=(const PendingWrites&) = delete;

  /// A write has begun; `call` must live until `end`, which has to be called once with the answer.
  [[nodiscard]] Id begin(Cuttable& call, std::size_t bytes);
  void end(Id write);

 private:
  const std::size_t most_bytes_;
  gate::Complaints& complaints_;
  std::recursive_mutex mutex_;  // gRPC may tell of a write's end within `cut`
  std::list<Write> waiting_;    // the longest first
  std::list<Write> cut_;
  std::size_t bytes_ = 0;
};

}  // namespace taskwire::rpc
