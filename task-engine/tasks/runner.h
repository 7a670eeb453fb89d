#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/thread_pool.h"
#include "log/event_log.h"
#include "tasks/attempt_id.h"
#include "tasks/catalogue.h"
#include "tasks/running_attempt.h"
#include "tasks/time_limits.h"

namespace taskwire::engine {

/// Runs attempts, and nothing else: what runs when is its scheduler's. Every change of a task is a write that names its
/// attempt, so what was overtaken by a command is refused there; and it is repeated until the store takes or refuses
/// it. An attempt that has run as long as it may is asked to stop, by a clock that does not jump. Thread-safe.
class Runner {
 public:
  struct Settings {
    std::size_t workers = 16;
    std::chrono::milliseconds progress_interval{100};
    std::chrono::milliseconds try_again{1000};  ///< After a commit that failed.
  };

  /// What it works with; all of it must outlive it.
  struct Means {
    EventLog& log;
    const Catalogue& catalogue;
    const Clock& clock;
    Timers& timers;
    Random random;  ///< Spreads the pauses between attempts.
  };

  Runner(Means means, Settings settings);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner();

  /// How many run at a time.
  [[nodiscard]] std::size_t workers() const { return settings_.workers; }
  /// Runs an attempt that does not run yet, on a thread of its own; more than `workers()` wait. Calls `left` when it
  /// has ended, whatever became of it. After `stop` it does nothing.
  void run(const AttemptId& id, std::function<void()> left);
  /// Whether it was given to `run` and has not left.
  [[nodiscard]] bool is_running(const AttemptId& id);
  /// Asks an attempt to stop, if it runs.
  void stop(const AttemptId& id, StopReason reason);
  /// Tells every running attempt of a task up to that one that it is superseded.
  void supersede(const std::string& task_id, int through);
  /// What was given to `run` and has not left.
  [[nodiscard]] std::vector<AttemptId> running();
  /// Stops what runs; it stays in the store as it is. Returns when all have stopped.
  void stop();

 private:
  using Change = std::function<Result<v1::Task>(Transaction&)>;

  void execute(const AttemptId& id, const std::shared_ptr<RunningAttempt>& attempt);
  [[nodiscard]] Result<v1::Task> persist(std::size_t bytes, const Change& change);
  [[nodiscard]] std::shared_ptr<Reporter> make_reporter(const v1::Task& begun);
  void end(const AttemptId& id, const RunningAttempt& attempt, const std::optional<v1::Progress>& last,
           const Result<google::protobuf::Struct>& outcome);

  [[nodiscard]] Result<v1::Task> failed(v1::Task task, const AttemptId& id, const Error& error, SystemTime now) const;
  [[nodiscard]] Result<v1::Task> stopped_short(v1::Task task, const AttemptId& id, std::optional<StopReason> reason,
                                               SystemTime now) const;

  const Means means_;
  const Settings settings_;
  const std::shared_ptr<TimeLimits> limits_;

  std::mutex mutex_;
  std::condition_variable stopping_;
  std::map<AttemptId, std::shared_ptr<RunningAttempt>> running_;
  bool is_stopping_ = false;
  std::unique_ptr<ThreadPool> workers_;
};

}  // namespace taskwire::engine
