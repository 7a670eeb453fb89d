#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "tasks/pace.h"
#include "taskwire/v1/task.pb.h"

namespace taskwire::engine {

/// Paces the reports of one attempt: at most one is written per interval, the latest wins; a change of stage passes at
/// once, and one whose writing somebody waits for; one write is under way at a time. A report whose write failed is
/// written again, unless a later one came. To each it adds how long the rest takes; and if none comes for longer than
/// there ever was a pause, it writes the last one again, as stalled.
/// Thread-safe.
class Reporter final : public std::enable_shared_from_this<Reporter> {
 public:
  /// Begins to write a report, and calls `written` once: with false, if it may not have been written.
  using Write = std::function<void(const v1::Progress& progress, std::function<void(bool is_written)> written)>;
  /// After a failure the next write waits so long, or as long as the interval where that is longer.
  static constexpr std::chrono::seconds kTryAgain{1};

  /// The first interval begins now. `clock` and `timers` must outlive the reporter.
  Reporter(const Clock& clock, Timers& timers, std::chrono::milliseconds interval, Write write);

  void report(v1::Progress progress);
  /// Something else was heard of the attempt: it is not silent.
  void hear();
  /// What became of a report.
  enum class Outcome {
    written,  ///< It was, or a later one.
    failed,   ///< It may not have been; it is written again.
    ended,    ///< The reporting ended before.
  };
  /// The same, at once. Calls `done` once, which must not call back.
  void report(v1::Progress progress, std::function<void(Outcome)> done);
  /// Calls `done` as above, for what was reported so far; at once where all is written.
  void flush(std::function<void(Outcome)> done);
  /// Ends the reporting; answers the last report, unless it is known to be written.
  std::optional<v1::Progress> close();

 private:
  using Waiters = std::vector<std::function<void(Outcome)>>;

  void take(v1::Progress progress);
  void watch_silence();
  void look_for_silence();
  void flush(std::unique_lock<std::mutex> lock, std::function<void(Outcome)> done);
  void pump(std::unique_lock<std::mutex> lock);
  void note(bool is_written);

  const Clock& clock_;
  Timers& timers_;
  const std::chrono::milliseconds interval_;
  const Write write_;

  std::mutex mutex_;
  std::optional<v1::Progress> latest_;
  std::optional<v1::Progress> writing_;
  Waiters for_latest_;
  Waiters for_writing_;
  std::string stage_;
  Pace pace_;
  v1::Progress last_;  // that was reported
  bool is_watching_ = false;
  SteadyTime due_;
  bool is_urgent_ = false;
  bool is_timed_ = false;
  bool is_closed_ = false;
};

}  // namespace taskwire::engine
