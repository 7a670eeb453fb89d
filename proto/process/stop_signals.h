#pragma once

namespace taskwire {

/// SIGINT and SIGTERM, for the one thread that waits for them. Not thread-safe.
class StopSignals {
 public:
  /// Make it before any other thread, so that all of them leave the signals alone.
  StopSignals();

  /// Waits for the first. From then on a second one ends the process at once, and so does a stop that takes longer than
  /// 15 s: what is committed outlives that as it does a crash.
  void wait();
};

}  // namespace taskwire
