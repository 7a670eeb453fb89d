#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "program/descriptor.h"
#include "program/ending.h"
#include "program/hearing.h"
#include "program/notify_socket.h"
#include "taskwire/execution.h"
#include "taskwire/signals.h"

namespace taskwire::cli {

/// Stands by a command until it ends: passes signals on, stops and continues with it, and ends it where it is
/// cancelled. Not thread-safe.
class Supervisor {
 public:
  struct Settings {
    const Signals* signals = nullptr;  ///< nullptr: those of the process are another's.
    const Bell* cancelled = nullptr;   ///< Rings when the task shall stop.
    const NotifySocket* notify = nullptr;
    std::chrono::milliseconds grace{10'000};
  };

  Supervisor(const Settings& settings, Execution& execution, Hearing& hearing)
      : settings_(settings), execution_(execution), hearing_(hearing) {}

  /// Returns when the command has ended; where it was cancelled, when all that it started has.
  Ending wait();
  /// After that: SIGINT or SIGQUIT where the keys of its terminal ended it so; else 0.
  [[nodiscard]] int typed() const;

 private:
  using Clock = std::chrono::steady_clock;

  void take_signals();
  void take_news();
  void pass_on(const signalfd_siginfo& signal);
  void follow_stop(int signal);
  void cancel();
  [[nodiscard]] int patience() const;
  [[nodiscard]] bool has_left_any() const;

  Settings settings_;
  Execution& execution_;
  Hearing& hearing_;
  Ending ending_;
  bool has_ended_ = false;
  int passed_on_ = 0;  // the last signal that was, of those that end a process
  std::optional<Clock::time_point> kill_at_;
};

}  // namespace taskwire::cli
