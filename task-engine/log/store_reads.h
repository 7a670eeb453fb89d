#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "base/thread_pool.h"
#include "log/event_log.h"
#include "metrics/counter.h"

namespace taskwire::engine {

/// Reads of the store: so many at a time, so many more wait, in order. A read for nobody is not made. Thread-safe.
class StoreReads {
 public:
  struct Limits {
    std::size_t threads = 4;
    std::size_t waiting = 1000;
  };

  /// Who reads. The engine's own reads are few and must not be lost, so they may wait beyond the limit.
  enum class Reader { caller, engine };

  /// Whether nobody waits for the answer any more. Must be short, and must not read by itself; called on any thread,
  /// not after the answer.
  using IsGone = std::function<bool()>;

  /// `log` must outlive the reads.
  StoreReads(EventLog& log, Limits limits)
      : log_(log), limits_(limits), threads_(std::make_unique<ThreadPool>(limits.threads)) {}
  StoreReads(const StoreReads&) = delete;
  StoreReads& operator=(const StoreReads&) = delete;
  ~StoreReads() { stop(); }

  /// Runs `read` on a thread of its own and hands its answer to `done`, there; or `STORE_FAILED`, where the store
  /// failed meanwhile; or without reading `CANCELLED`, where `is_gone` said so before its turn, and at once
  /// `TOO_MANY_READS` or `SHUTTING_DOWN`, on the caller's thread.
  template <class T>
  void read(Reader reader, std::function<Result<T>(ReadTransaction&)> read, Done<T> done, IsGone is_gone = {}) {
    submit(reader, {[this, read = std::move(read), done = std::move(done)](const Error* refusal) {
                      done(refusal != nullptr ? tl::make_unexpected(*refusal) : run<T>(read));
                    },
                    std::move(is_gone)});
  }

  /// How many wait.
  [[nodiscard]] std::size_t waiting();
  /// How many were refused with TOO_MANY_READS.
  [[nodiscard]] std::uint64_t refused() const { return refused_.value(); }

  /// Makes the reads that wait, and returns when all are answered; refuses what comes.
  void stop();

 private:
  struct Read {
    std::function<void(const Error* refusal)> answer;
    IsGone is_gone;
  };

  template <class T>
  Result<T> run(const std::function<Result<T>(ReadTransaction&)>& read) {
    const auto transaction = log_.read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    auto answer = read(**transaction);
    if (const auto error = (*transaction)->error()) return tl::make_unexpected(*error);
    return answer;
  }
  void submit(Reader reader, Read read);
  void work();

  EventLog& log_;
  const Limits limits_;
  SharedCounter refused_;

  std::mutex mutex_;
  std::deque<Read> waiting_;
  std::size_t busy_ = 0;
  std::unique_ptr<ThreadPool> threads_;  // none: stopped
};

}  // namespace taskwire::engine
