#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "log/event_log.h"
#include "retention/batch.h"
#include "retention/put_off.h"
#include "retention/squeeze.h"
#include "retention/topic_list.h"
#include "store/age_clock.h"

namespace taskwire::engine {

/// Forgets what has been kept for long enough: by age, by number and by size, in batches so small that no writer waits
/// long for one. Tasks that have ended long ago are deleted, each with the event that says so.
///
/// A topic of which something cannot be read or forgotten, for rows or pages are damaged, is left out for a while; the
/// others go on.
///
/// Ages are counted by a clock of the log's own that cannot jump: it goes on with the steady clock, and from one run to
/// the next by what the wall clock went on in between; where the wall clock jumps that is noted within a second, so
/// that a run that is killed behind it leaves no such time. What is old is found by notes of where the head was, made
/// once in 1/64 of the shortest time here, or in a millionth of the longest; an event may stay for so much longer.
/// Thread-safe.
class Retention {
 public:
  struct Limits {
    std::chrono::milliseconds tasks = std::chrono::days(7);      ///< Tasks that have ended.
    std::chrono::milliseconds messages = std::chrono::days(7);   ///< Events of `messages/…`.
    std::chrono::milliseconds channels = std::chrono::days(1);   ///< Events of `channels/…`.
    std::chrono::milliseconds updates = std::chrono::days(1);    ///< Task events that a later one superseded.
    std::chrono::milliseconds deletions = std::chrono::days(7);  ///< `taskDeleted`.
    std::size_t tasks_per_user = 1000;                           ///< Tasks that have ended.
    std::size_t per_topic = 10'000;                              ///< Events of a topic, deletions aside.
    /// Of everything. What goes above it, see Squeeze.
    std::int64_t bytes = std::int64_t{4} << 30;
    /// Of output of tasks, beside that: that of those which ended first goes.
    std::int64_t output_bytes = std::int64_t{4} << 30;
  };

  /// What it has done so far.
  struct Figures {
    std::uint64_t events = 0;
    std::uint64_t tasks = 0;
    std::uint64_t topics = 0;
    std::uint64_t batches = 0;
    std::uint64_t rounds = 0;                   ///< That came to their end.
    std::uint64_t looks = 0;                    ///< At topics.
    std::chrono::nanoseconds longest_batch{0};  ///< From the beginning of one to the end of its commit.
  };

  /// `log` and `clock` must outlive it.
  Retention(EventLog& log, const Clock& clock, Limits limits);
  Retention(const Retention&) = delete;
  Retention& operator=(const Retention&) = delete;
  ~Retention();

  /// Goes round and round on a thread of its own from now on.
  void start();
  /// Ends after the batch or the look under way, which need the log.
  void stop();

  /// One round over all topics; waits for the commits that it makes. True if another one should follow at once, for
  /// there are too many bytes still. One at a time, and not while started.
  bool go_round();

  [[nodiscard]] Figures figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
  }

 private:
  struct Round {
    Sequence head = 0;
    std::array<Sequence, kKinds> through{};  // up to where each kind is old
    Sequence deletions = 0;
    TopicList topics;
    std::vector<Surplus> found;
    std::size_t looks = 0;
    std::string through_topic;  // the last topic that was looked at
    bool is_last = false;
    bool has_more = false;     // some of it only the next one finds
    std::size_t failures = 0;  // of looking at a topic
  };
  [[nodiscard]] bool set_clock();
  [[nodiscard]] Keep keep_of(const std::string& topic, const Round& round) const;
  [[nodiscard]] bool go_through(Round& round);
  [[nodiscard]] bool begin(Round& round);
  [[nodiscard]] TopicList topics_of(ReadTransaction& reader, const Round& round) const;
  [[nodiscard]] bool look(Round& round);
  [[nodiscard]] bool forget(Round& round);
  [[nodiscard]] bool finish();
  [[nodiscard]] bool forget_output();
  [[nodiscard]] bool note();
  void note_jump();
  /// Between two rounds: whether what came since takes more bytes than it may.
  [[nodiscard]] bool is_too_large();
  /// Commits it; false if it could not be.
  [[nodiscard]] bool write(std::function<void(Transaction&)> write);
  void measure(std::chrono::nanoseconds time);
  [[nodiscard]] bool is_stopping() const {
    const std::lock_guard lock(mutex_);
    return is_stopping_;
  }
  void work();

  EventLog& log_;
  const Clock& clock_;
  const Limits limits_;
  const std::chrono::milliseconds pause_;
  const std::chrono::milliseconds longest_;

  // Of whoever goes round.
  const SteadyTime started_;
  std::optional<AgeClock> age_;  // once the last note could be read
  std::optional<Note> noted_;
  std::array<Sequence, kKinds> seen_{};  // as in the last whole round
  Sequence seen_deletions_ = 0;
  Sequence seen_head_ = 0;
  Squeeze squeeze_;
  bool has_output_to_forget_ = true;
  bool went_well_ = false;  // the last round, to its end
  PutOff put_off_;
  SteadyTime warned_at_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopping_ = false;
  Figures figures_;
  std::thread thread_;
};

}  // namespace taskwire::engine
