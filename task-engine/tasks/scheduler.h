#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/alarm.h"
#include "base/clock.h"
#include "base/executor.h"
#include "log/event_log.h"
#include "log/store_reads.h"
#include "metrics/counter.h"
#include "tasks/catalogue.h"
#include "tasks/census.h"
#include "tasks/counts.h"
#include "tasks/delayed_tasks.h"
#include "tasks/outside_work.h"
#include "tasks/places.h"
#include "tasks/runner.h"
#include "tasks/suspects.h"
#include "tasks/task_queue.h"

namespace taskwire::engine {

/// Decides what runs, here or by workers outside: users take turns, none holds more than a part of the engine's own
/// places, each type keeps its limits, and no attempt begins before its time, by the wall clock as it is from second to
/// second. It follows the log by a cursor, as
/// every reader does, and learns from committed events alone what waits, what to stop and what to drop: so a commit of
/// unknown outcome that took place is an event like any other. Where the tail does not reach back to its cursor, and
/// when it starts, it begins anew from the open tasks of the store, again and again until they can be read; meanwhile
/// nothing is begun, and it is told in the log, at once and then now and again. Of tasks that were under way in crash
/// after crash of the engine, one at a time runs. Thread-safe.
class Scheduler final : public Waiter, public std::enable_shared_from_this<Scheduler> {
 public:
  /// What it works with; all of it must outlive it.
  struct Means {
    EventLog& log;
    StoreReads& reads;
    Runner& runner;
    OutsideWork& outside;
    const Catalogue& catalogue;
    const Clock& clock;
    Timers& timers;
  };
  struct Settings {
    std::size_t most_waiting = 100'000;
    std::size_t most_waiting_of_user = 10'000;
    std::size_t most_running = 0;  ///< 0: as many as the runner has workers, which it never exceeds.
    /// 0: three quarters of all, so that nobody keeps others from running.
    std::size_t most_running_of_user = 0;
  };
  static constexpr std::chrono::seconds kTryAgain{1};
  static constexpr std::chrono::minutes kTellAgain{1};  ///< Between lines of the log about one trouble.

  /// Gives a place in the queue back.
  struct GiveBack {
    std::string user;
    std::string type;
    void operator()(Scheduler* scheduler) const { scheduler->give_back(user, type); }
  };
  /// A place in the queue for a task that is about to be committed. Not thread-safe.
  using Place = std::unique_ptr<Scheduler, GiveBack>;

  [[nodiscard]] static std::shared_ptr<Scheduler> of(const Means& means, const Settings& settings);

  /// Calls `tell` when the open tasks cannot be read (false), and when they could again; it must be short, and must not
  /// call back. Before it is started.
  void on_change(std::function<void(bool runs_tasks)> tell);
  /// Begins to follow the log, and to run what waits.
  void start();
  /// Takes a place in the queue for a task of `user`, whose type is in use from then on; `QUEUE_FULL`, or
  /// `STORE_FAILED` while the open tasks cannot be read. Keep it until the commit's outcome is told. Only inside a
  /// transaction: there the tail holds everything that was committed before.
  [[nodiscard]] Result<Place> reserve(const std::string& user, const std::string& type);
  /// Why a task, as it was read, waits, if it does.
  [[nodiscard]] v1::QueuedBecause why_queued(const v1::Task& task);
  /// How many of its type begin up to a task, itself included, if no more come; 0: it does not wait for a place or a
  /// worker, or they are more than 1,000.
  [[nodiscard]] int queue_position(const std::string& task_id);
  /// How many tasks there are, as far as it has followed the log.
  [[nodiscard]] Census::ByType census();
  /// How many tasks were refused with QUEUE_FULL.
  [[nodiscard]] std::uint64_t refused() const { return refused_.value(); }
  /// How many of a type wait to run.
  [[nodiscard]] std::size_t waiting(const std::string& type);
  /// Whether tasks of a type have not ended, as far as was committed, or are about to be. Only inside a transaction, as
  /// `reserve`.
  [[nodiscard]] bool is_in_use(const std::string& type);
  /// Looks again at what may run, since somebody outside has come for it.
  void look_again();
  /// Takes back an attempt that was given outside, and was not begun.
  void put_back(const Waiting& waiting);
  /// Starts nothing more.
  void stop();
  void wake() override;

 private:
  /// Every task that had not ended at `head`.
  struct OpenTasks {
    std::vector<v1::Task> tasks;
    std::vector<KeptLease> leases;
    Sequence head = 0;
  };

  Scheduler(const Means& means, const Settings& settings);
  // All of these within the lock, but for `begin` and `give_back`.
  void follow();
  void refresh();
  void begin_anew();
  void begin(Result<OpenTasks> open, const std::vector<AttemptId>& running);
  void overtaken();
  void failed(const Error& error);
  void went_well();
  void try_later();
  [[nodiscard]] bool catch_up();
  [[nodiscard]] Result<Place> full(std::string message);
  void take_in(const v1::Task& task);
  void supersede(const std::string& task_id, int through);
  [[nodiscard]] bool is_running(const AttemptId& id);
  [[nodiscard]] bool is_done_outside(const std::string& type) const;
  [[nodiscard]] bool may_run(const std::string& type);
  [[nodiscard]] bool may_run(const std::string& user, const std::string& type);
  void drop(const std::string& task_id);
  void supersede_all_but(const std::vector<v1::Task>& open, const std::vector<AttemptId>& running);
  void take_due();
  void dispatch();
  void run_suspect();
  /// False where there is nobody any more who would.
  [[nodiscard]] bool run(const Waiting& waiting, bool is_suspect);
  void give_back(const std::string& user, const std::string& type);

  const Means means_;
  const Settings settings_;
  const HotTail::Selection everything_;
  SharedCounter refused_;

  std::mutex mutex_;
  std::shared_ptr<Alarm> alarm_;
  TaskQueue queue_;
  DelayedTasks delayed_;
  Suspects suspects_;
  Census census_;
  Counts reserved_;
  Counts reserved_types_;
  Counts unseen_;  // places of tasks that may have been committed while it did not follow
  Places places_;
  Sequence cursor_ = 0;
  bool is_following_ = false;  // else the open tasks are being read, or will be
  bool is_parked_ = false;
  bool is_stopping_ = false;
  std::size_t failures_ = 0;  // of reading the open tasks, in a row
  int overtaken_ = 0;         // readings in a row that the tail had gone by when they came
  SteadyTime told_at_;
  std::function<void(bool)> tell_;
};

}  // namespace taskwire::engine
