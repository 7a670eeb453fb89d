#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/executor.h"
#include "log/commit_metrics.h"
#include "log/hot_tail.h"
#include "log/observed_read.h"
#include "store/store.h"

namespace taskwire::engine {

/// The log: writes are committed in groups, all that wait at once; an event is visible only after its commit.
///
/// A write is a function that runs inside the transaction, so what it checks is true when it is committed. It refuses
/// before it writes anything, so that the others of its group are not harmed, and a write that meets a damaged row
/// before it writes anything fails alone. After the commit the events go into the tail, then parked readers are woken,
/// then the callers are answered. Thread-safe.
class EventLog {
 public:
  struct Limits {
    std::size_t waiting_writes = 10'000;
    std::size_t waiting_bytes = std::size_t{16} << 20;
    HotTail::Limits tail{.events = 100'000, .bytes = std::size_t{64} << 20};
  };

  /// Who writes. The engine's own writes are few and must not be lost, so they may wait beyond the limits. It does not
  /// matter to a publisher on which thread, and in which order with others, it is answered.
  enum class Writer { publisher, caller, engine };

  /// Fills the tail from the store, which must outlive the log. `STORE_FAILED`: it cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<EventLog>> open(Store& store, Limits limits);
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;
  ~EventLog();

  /// Calls `tell` on the writing thread when commits begin to fail (false), and when one succeeds again. Before it is
  /// started.
  void on_change(std::function<void(bool takes_writes)> tell) { tell_ = std::move(tell); }
  /// Calls `tell` after each reading, with the error or null, on the thread that read. Before anybody reads.
  void on_read(ObservedRead::Tell tell) { tell_read_ = std::move(tell); }
  /// While others wait for the next commit, publishers are answered on `executor`, which has to live until `stop`, and
  /// to run whatever it is given. Before it is started.
  void answer_on(Executor& executor) { answers_ = &executor; }
  /// Commits on a thread from now on. Without it, `commit_waiting` does.
  void start();
  /// Commits what waits, and refuses what comes: `SHUTTING_DOWN`.
  void stop();

  /// Runs `write` in the next transaction. `done` gets its answer after the commit, on the writing thread, or a
  /// publisher's on any, and must be short; or at once an error: `TOO_MANY_APPENDS` or `SHUTTING_DOWN`. After a commit
  /// that failed it gets `STORE_FAILED` (then `write` may have run, or not) or `UNKNOWN_OUTCOME`. `bytes`: about how
  /// much it holds while it waits.
  template <class T>
  void write(Writer writer, std::size_t bytes, std::function<Result<T>(Transaction&)> write, Done<T> done) {
    auto answer = std::make_shared<Result<T>>();
    submit({writer, bytes, [answer, write = std::move(write)](Transaction& t) { *answer = write(t); },
            [answer, done = std::move(done)](const Error* error) {
              done(error != nullptr ? tl::make_unexpected(*error) : std::move(*answer));
            }});
  }

  /// Says in the log that a row was damaged, which harmed no other write; not each time. On the writing thread.
  void tell_damage(const Error& error);

  /// Whether writes wait for the next commit.
  [[nodiscard]] bool has_waiting() { return waiting().writes > 0; }
  /// What waits for the next commit.
  struct Waiting {
    std::size_t writes = 0;
    std::size_t bytes = 0;
  };
  [[nodiscard]] Waiting waiting();
  /// What is counted in them may be read on any thread.
  [[nodiscard]] const CommitMetrics& metrics() const { return metrics_; }

  /// Commits what waits on the calling thread; false if nothing does. Not while started.
  bool commit_waiting();

  [[nodiscard]] HotTail& tail() { return tail_; }
  [[nodiscard]] const std::string& epoch() const { return store_.epoch(); }
  /// Begins to read what is committed. `STORE_FAILED`. Thread-safe.
  [[nodiscard]] Result<std::unique_ptr<ReadTransaction>> read();
  /// Whether the tail has everything that somebody may have read from the store: a commit is seen there a moment
  /// earlier. Thread-safe.
  [[nodiscard]] bool tail_is_current() const { return tail_.head() >= read_head_.load(); }

 private:
  struct Write {
    Writer writer;
    std::size_t bytes;
    std::function<void(Transaction&)> apply;
    std::function<void(const Error*)> done;
    std::optional<Error> failure = {};  // its own
    std::chrono::steady_clock::time_point since = {};
  };

  EventLog(Store& store, Limits limits) : store_(store), limits_(limits), tail_(limits.tail) {}
  void submit(Write write);
  /// Here, or elsewhere.
  void answer_all(std::vector<Write> group);
  static void answer(const std::vector<Write>& group);
  Result<void> fill_tail(ReadTransaction& store);
  Result<void> catch_up(ReadTransaction& store);
  void recover();
  void note(const Result<Committed>& committed);
  void count(const std::vector<Write>& group, const Committed& committed, SteadyTime began, SteadyTime ended);
  void work();

  Store& store_;
  const Limits limits_;
  HotTail tail_;
  CommitMetrics metrics_;
  std::atomic<Sequence> read_head_ = 0;  // the highest that a reading began at
  std::function<void(bool)> tell_;
  ObservedRead::Tell tell_read_;
  Executor* answers_ = nullptr;

  // Of the writing thread.
  bool takes_writes_ = true;
  std::size_t failed_commits_ = 0;  // in a row
  bool is_told_ = false;
  std::string told_failure_;
  std::chrono::steady_clock::time_point told_at_;
  std::chrono::steady_clock::time_point damage_told_at_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Write> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace taskwire::engine
