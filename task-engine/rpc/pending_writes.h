#pragma once

#include <cstddef>
#include <list>
#include <mutex>

#include "base/clock.h"
#include "process/tally.h"

namespace taskwire::rpc {

/// A call that can be ended from outside.
class Cuttable {
 public:
  /// Ends the call with an error, whatever is on its way. May end the write under way before it returns.
  virtual void cut() = 0;

 protected:
  ~Cuttable() = default;
};

/// The messages that are on their way to callers, in bytes. While they are more than a limit no further ones should be
/// made, and calls whose message has been on its way for kPatience are cut, the longest first:
/// callers who take nothing hold no more than that of the engine's memory, and who does take is only held up.
/// Thread-safe.
class PendingWrites {
 public:
  struct Write {
    Cuttable* call;
    std::size_t bytes;
    engine::SteadyTime since;
    bool is_cut = false;
  };
  using Id = std::list<Write>::iterator;

  static constexpr std::chrono::seconds kPatience{1};

  /// `clock` must outlive it.
  explicit PendingWrites(std::size_t most_bytes, const engine::Clock& clock = engine::kMachineClock)
      : most_bytes_(most_bytes), clock_(clock) {}
  PendingWrites(const PendingWrites&) = delete;
  PendingWrites& operator=(const PendingWrites&) = delete;

  /// Whether a message may be made. Where not, ask again later.
  [[nodiscard]] bool has_room();
  /// A write has begun; `call` must live until `end`, which has to be called once with the answer.
  [[nodiscard]] Id begin(Cuttable& call, std::size_t bytes);
  void end(Id write);

 private:
  const std::size_t most_bytes_;
  const engine::Clock& clock_;
  Tally cuts_{"rpc: a call was ended, since its caller does not take what it is sent, and others wait"};
  std::recursive_mutex mutex_;  // gRPC may tell of a write's end within `cut`
  std::list<Write> waiting_;    // the longest first
  std::list<Write> cut_;
  std::size_t bytes_ = 0;
};

}  // namespace taskwire::rpc
