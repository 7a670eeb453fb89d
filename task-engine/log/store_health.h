#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "base/executor.h"
#include "log/event_log.h"

namespace taskwire::engine {

/// Whether the store takes writes, whether it can be read, and whether tasks are run, which needs both. Thread-safe.
///
/// Once a commit has failed, a small write is tried again and again until one succeeds, so that this ends even if
/// nobody writes. Reading counts as failing until no reading has failed for a while: one that succeeds says nothing
/// about the place where another failed. What failed is told in the log, at once and then now and again, with how
/// often.
class StoreHealth final : public std::enable_shared_from_this<StoreHealth> {
 public:
  struct State {
    bool takes_writes = true;
    bool reads = true;
    bool runs_tasks = true;
    friend bool operator==(const State&, const State&) = default;
  };

  static constexpr std::chrono::seconds kTryAgain{1};
  static constexpr std::chrono::seconds kQuiet{30};     ///< So long without a failure, and reading is well again.
  static constexpr std::chrono::minutes kTellAgain{1};  ///< Between lines of the log about one trouble.

  /// All must outlive the answer, which listens to `log` from now on. Before the log is started and anybody reads.
  [[nodiscard]] static std::shared_ptr<StoreHealth> of(EventLog& log, const Clock& clock, Timers& timers);

  /// Calls `tell` at once, and whenever it changes, on the thread that wrote or read, or a timer's; it must be short.
  /// Takes the place of the one before, which is not called any more when this returns; empty: of none.
  void listen(std::function<void(State)> tell);
  /// Whether what waits can be run.
  void set_runs_tasks(bool runs_tasks);

 private:
  StoreHealth(EventLog& log, const Clock& clock, Timers& timers) : log_(log), clock_(clock), timers_(timers) {}
  void change(bool takes_writes);
  void try_later();
  void try_now();
  void reading_failed(const Error& error);
  void look_later(SteadyTime when);
  void look_whether_quiet();

  EventLog& log_;
  const Clock& clock_;
  Timers& timers_;

  std::mutex mutex_;
  State state_;
  std::function<void(State)> tell_;
  SteadyTime last_failure_;  // of reading
  SteadyTime last_line_;
  std::uint64_t failures_ = 0;  // of reading, since it was well
};

}  // namespace taskwire::engine
