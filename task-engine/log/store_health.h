#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "base/executor.h"
#include "log/event_log.h"

namespace taskwire::engine {

/// Whether the store takes writes. Once a commit has failed, a small write is tried again and again until one succeeds,
/// so that this ends even if nobody writes. Thread-safe.
class StoreHealth final : public std::enable_shared_from_this<StoreHealth> {
 public:
  static constexpr std::chrono::seconds kTryAgain{1};

  /// All must outlive the answer, which listens to `log` from now on. Before the log is started.
  [[nodiscard]] static std::shared_ptr<StoreHealth> of(EventLog& log, const Clock& clock, Timers& timers);

  /// Calls `tell` at once, and on the writing thread whenever it changes. Takes the place of the one before, which is
  /// not called any more when this returns; empty: of none.
  void listen(std::function<void(bool takes_writes)> tell);

 private:
  StoreHealth(EventLog& log, const Clock& clock, Timers& timers) : log_(log), clock_(clock), timers_(timers) {}
  void change(bool takes_writes);
  void try_later();
  void try_now();

  EventLog& log_;
  const Clock& clock_;
  Timers& timers_;

  std::mutex mutex_;
  bool takes_writes_ = true;
  std::function<void(bool)> tell_;
};

}  // namespace taskwire::engine
