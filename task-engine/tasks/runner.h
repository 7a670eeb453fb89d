#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/thread_pool.h"
#include "log/event_log.h"
#include "tasks/catalogue.h"
#include "tasks/running_attempt.h"

namespace taskwire::engine {

/// Runs tasks: so many at a time, the others wait in order. Every change of a task is a write that names its attempt,
/// so what was overtaken by a command is refused there. Thread-safe.
class Runner {
 public:
  struct Settings {
    std::size_t workers = 16;
    std::size_t most_waiting = 10'000;
    std::chrono::milliseconds progress_interval{100};
  };

  /// Everything must outlive the runner.
  Runner(EventLog& log, const Catalogue& catalogue, const Clock& clock, Timers& timers, Settings settings);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner();

  /// Takes a place in the queue for a task that is about to be committed. `QUEUE_FULL`.
  [[nodiscard]] Result<void> reserve();
  /// Gives the place back, whatever became of the task.
  void unreserve();
  /// Queues a committed task's present attempt; once is enough.
  void enqueue(const v1::Task& task);
  /// Asks a task's present attempt to stop, if it runs.
  void cancel(const v1::Task& task);
  /// Stops what runs and forgets what waits; both stay in the store as they are. Returns when all have stopped.
  void stop();

 private:
  void run(const std::string& task_id, int attempt_number);
  [[nodiscard]] Result<v1::Task> persist(std::size_t bytes,
                                         const std::function<Result<v1::Task>(Transaction&)>& change);
  [[nodiscard]] std::shared_ptr<Reporter> make_reporter(const std::string& task_id, int attempt_number);
  void end(const v1::Task& task, std::optional<v1::Progress> last, Result<google::protobuf::Struct> outcome);

  EventLog& log_;
  const Catalogue& catalogue_;
  const Clock& clock_;
  Timers& timers_;
  const Settings settings_;

  std::mutex mutex_;
  std::size_t reserved_ = 0;
  // By task and attempt: a new attempt may begin before the last one has left.
  std::unordered_set<std::string> waiting_;
  std::unordered_map<std::string, std::shared_ptr<RunningAttempt>> running_;
  bool is_stopping_ = false;
  std::unique_ptr<ThreadPool> workers_;
};

}  // namespace taskwire::engine
