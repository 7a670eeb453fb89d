#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "base/executor.h"
#include "log/event_log.h"
#include "log/feed.h"
#include "log/store_reads.h"

namespace taskwire::engine {

/// Where a Watch goes. Called by one thread at a time.
class WatchSink {
 public:
  /// Whether a message may be made for it; where not, the watcher asks again after `Watcher::kNoRoom`.
  [[nodiscard]] virtual bool has_room() { return true; }
  /// Begins to send a message; `Watcher::sent` has to be called when it went out, or never will.
  virtual void send(WatchMessage message) = 0;
  /// The Watch is over. The last call; never while a message is on its way.
  virtual void finish(const Error& error) = 0;

 protected:
  ~WatchSink() = default;
};

/// One Watch: draws messages from a feed and sends them, one at a time; waits for the log when there is none, and says
/// how far it is after 5 s of that. Steps touch memory alone and run on an executor, one after another; what only the
/// store can say is read among its other reads, meanwhile no step draws. Thread-safe.
class Watcher final : public Waiter, public std::enable_shared_from_this<Watcher> {
 public:
  /// What a watcher works with; all of it must outlive the watcher.
  struct Means {
    EventLog& log;
    Executor& steps;
    StoreReads& reads;
    Timers& timers;
    const Clock& clock;
  };
  static constexpr std::chrono::seconds kIdle{5};
  static constexpr std::chrono::milliseconds kNoRoom{200};

  /// `sink` must live until `finish`.
  Watcher(const Means& means, std::unique_ptr<Feed> feed, WatchSink& sink);

  void start() { schedule(); }
  /// The last message went out, or never will.
  void sent();
  /// Finishes with `error` as soon as no message is on its way and nothing is being read. The first one counts.
  void stop(Error error);
  void wake() override;

 private:
  /// What others have told it since the last step.
  struct Told {
    bool sent = false;
    bool woken = false;
    std::optional<Result<std::optional<WatchMessage>>> read;  // what the store answered
  };

  void schedule();
  void step();
  void send(WatchMessage message);
  void finish(const Error& error);
  void read();
  void wait();
  void wait_for_room();
  void arm_timer();
  void come_back(SteadyTime when);

  const Means means_;
  const std::unique_ptr<Feed> feed_;
  WatchSink& sink_;

  std::atomic<int> steps_due_{0};
  std::mutex mutex_;
  Told told_;
  std::optional<Error> stop_;

  // Of the step under way alone.
  bool is_finished_ = false;
  bool is_sending_ = false;
  bool is_reading_ = false;
  bool is_parked_ = false;
  SteadyTime idle_due_;
  SteadyTime timer_due_;
  SteadyTime room_due_;
};

}  // namespace taskwire::engine
