#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/executor.h"
#include "taskwire/v1/task.pb.h"

namespace taskwire::engine {

/// Paces the reports of one attempt: at most one is written per interval, the latest wins; a change of stage passes at
/// once; one write is under way at a time. Thread-safe.
class Reporter final : public std::enable_shared_from_this<Reporter> {
 public:
  /// Begins to write a report, and calls `written` once, when that is done.
  using Write = std::function<void(v1::Progress progress, std::function<void()> written)>;

  /// The first interval begins now. `clock` and `timers` must outlive the reporter.
  Reporter(const Clock& clock, Timers& timers, std::chrono::milliseconds interval, Write write);

  void report(v1::Progress progress);
  /// Ends the reporting; answers the last report, if it was not written yet.
  std::optional<v1::Progress> close();

 private:
  void pump(std::unique_lock<std::mutex> lock);

  const Clock& clock_;
  Timers& timers_;
  const std::chrono::milliseconds interval_;
  const Write write_;

  std::mutex mutex_;
  std::optional<v1::Progress> latest_;
  std::string stage_;
  SteadyTime due_;
  bool is_urgent_ = false;
  bool is_writing_ = false;
  bool is_timed_ = false;
  bool is_closed_ = false;
};

}  // namespace taskwire::engine
