#pragma once

#include <chrono>
#include <csignal>

namespace taskwire {

/// What asks a service to stop in order: SIGINT, SIGTERM, and SIGHUP, which the end of its terminal sends. There is
/// nothing to read anew that a SIGHUP could ask for. Where it was ignored when the program started, as under nohup, it
/// still is. For the one thread that waits. Not thread-safe.
class StopSignals {
 public:
  /// Make it before any other thread, so that all of them leave the signals alone.
  StopSignals();

  /// Waits for the first, and answers which it is. From then on a SIGINT or SIGTERM ends the process at once, and so
  /// does a stop that takes longer than 15 s and, after a SIGTERM, `drain`: what is committed outlives that as it does
  /// a crash. The end of a terminal sends SIGHUP more than once, so a second one changes nothing.
  int wait(std::chrono::milliseconds drain = {});
  /// What came before the stop is over: it has 15 s from now.
  static void begin_stop();

 private:
  sigset_t signals_;
};

}  // namespace taskwire
