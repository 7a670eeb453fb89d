#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/thread_pool.h"
#include "base/timer_thread.h"
#include "commands/command.h"
#include "engine/recovery.h"
#include "log/event_log.h"
#include "log/publisher.h"
#include "log/reading.h"
#include "log/store_health.h"
#include "log/store_reads.h"
#include "log/watchers.h"
#include "output/output_reads.h"
#include "retention/retention.h"
#include "sources/ticker.h"
#include "store/sqlite_store.h"
#include "tasks/catalogue.h"
#include "tasks/runner.h"
#include "tasks/scheduler.h"
#include "tasks/tasks.h"
#include "work/lease_keeper.h"
#include "work/leased_work.h"
#include "work/workers.h"

namespace taskwire::engine {

/// A whole engine without its network side: store, log, tasks, readers. Thread-safe.
class Engine {
 public:
  struct Settings {
    SqliteStore::Settings store;
    EventLog::Limits log;
    Runner::Settings runner;
    Scheduler::Settings scheduler;
    LeaseKeeper::Settings leases;
    std::size_t most_claims = 10'000;  ///< Of workers outside, that wait.
    OutputLimits output;               ///< Of a task.
    StoreReads::Limits reads;
    Retention::Limits retention;
    std::vector<Command> commands;  ///< Types that are programs, beside the engine's own.
    std::string files_root = ".";   ///< What tasks may read of the file system lies below.
    std::size_t watch_threads = 4;  ///< Threads that serve what watches find in memory.
    bool demo_sources = false;      ///< Tells of a made-up heart rate and of the machine, on channels.
  };

  /// Opens the store and settles what the last run left under way. Where the store can be read, and takes no writes, it
  /// is served as it is, and nothing runs until that is settled, which is tried again and again. The errors are those
  /// of SqliteStore, Files and EventLog.
  [[nodiscard]] static Result<std::unique_ptr<Engine>> open(const Settings& settings);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  /// Stops what runs, commits what waits and marks the store as closed in order.
  ~Engine();

  /// Begins to run what waits, to forget what is old, and to tell what the sources say; once the store takes writes.
  /// Nothing runs before. Call it when nothing can keep the engine from serving
  /// any more: what runs is interrupted with it.
  void run();

  [[nodiscard]] Tasks& tasks() { return tasks_; }
  [[nodiscard]] Workers& workers() { return workers_; }
  [[nodiscard]] OutputReads& output() { return *output_; }
  [[nodiscard]] Publisher& publisher() { return publisher_; }
  [[nodiscard]] Watchers& watchers() { return watchers_; }
  [[nodiscard]] EventLog& log() { return *log_; }
  [[nodiscard]] StoreHealth& health() { return *health_; }
  [[nodiscard]] StoreReads& reads() { return reads_; }
  [[nodiscard]] Scheduler& scheduler() { return *scheduler_; }
  [[nodiscard]] const Retention& retention() const { return retention_; }
  /// The store's file, as SqliteStore::path.
  [[nodiscard]] const std::string& store_path() const { return store_->path(); }

  /// Answers who waits for work or for output, and whose call could keep the engine from stopping.
  void let_go() {
    work_->stop();
    output_->stop();
  }

  /// Answers StartTask: of a task that the engine or a worker is to do, or of one that its caller does.
  void start_task(const v1::StartTaskRequest& request, Done<v1::StartTaskResponse> done) {
    request.claim() ? workers_.start(request, std::move(done)) : tasks_.start(request, std::move(done));
  }
  /// Answers ReadEvents: at once where the tail can, else on a reader's thread; `TOO_MANY_READS` at once.
  void read_events(const v1::ReadEventsRequest& request, Done<ReadEventsAnswer> done, StoreReads::IsGone is_gone = {});

 private:
  using BuiltIn = std::vector<std::unique_ptr<const TaskType>>;

  Engine(const Settings& settings, std::unique_ptr<SqliteStore> store, std::unique_ptr<EventLog> log, BuiltIn types);
  /// Learns which types were registered, and takes up what workers hold, before they can ask. `STORE_FAILED`.
  Result<void> take_up_work();
  Result<void> recover();

  const std::unique_ptr<SqliteStore> store_;
  const std::unique_ptr<EventLog> log_;
  TimerThread timers_;
  StoreReads reads_;
  const std::shared_ptr<OutputReads> output_;
  Catalogue catalogue_;
  const std::shared_ptr<StoreHealth> health_;
  Runner runner_;
  ThreadPool steps_;  // of watches; and answers that would hold up the next commit
  Presence presence_;
  const std::shared_ptr<LeaseKeeper> leases_;
  const std::shared_ptr<LeasedWork> work_;
  const std::shared_ptr<Scheduler> scheduler_;
  Tasks tasks_;
  Workers workers_;
  Publisher publisher_;
  Watchers watchers_;
  Retention retention_;
  const std::shared_ptr<Recovery> recovery_;
  std::vector<std::shared_ptr<Ticker>> sources_;
};

}  // namespace taskwire::engine
