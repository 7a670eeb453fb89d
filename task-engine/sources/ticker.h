#pragma once

#include <chrono>
#include <memory>

#include "base/executor.h"
#include "log/event_log.h"
#include "sources/demo_source.h"

namespace taskwire::engine {

/// Appends what a source tells, one reading an interval. The next reading is due only when the last write has ended, so
/// a store that is slow or fails gets fewer of them, never several at once. Ends when its owner lets go of it.
/// Thread-safe.
class Ticker final : public std::enable_shared_from_this<Ticker> {
 public:
  /// What it works with; all of it must outlive the ticker.
  struct Means {
    EventLog& log;
    const Clock& clock;
    Timers& timers;
  };
  static constexpr std::chrono::seconds kInterval{2};

  Ticker(const Means& means, std::unique_ptr<DemoSource> source)
      : means_(means), source_(std::move(source)), due_(means.clock.steady()) {}

  /// The first reading is due now.
  void start() { wait(); }

 private:
  void wait();
  void tick();
  void end_tick();

  // One thread at a time gets here: a timer's, then the writing one, then a timer's again.
  const Means means_;
  const std::unique_ptr<DemoSource> source_;
  SteadyTime due_;
};

}  // namespace taskwire::engine
