#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "resume/log.h"
#include "store/logged_event.h"

namespace taskwire::engine {

/// Somebody who has read everything and wants to know when there is more.
class Waiter {
 public:
  virtual ~Waiter() = default;
  /// There is more. Must be short; called on the thread that appended.
  virtual void wake() = 0;
};

/// The topics of a reader.
struct Selection {
  bool all = false;
  std::vector<Log<EventPtr>::TopicRef> topics;
};

/// Who waits for which topics. What is appended costs only those who wait for it. Not thread-safe.
class Waiters {
 public:
  /// `seen`: up to where the waiter has read.
  void add(Selection selection, Sequence seen, std::weak_ptr<Waiter> waiter);
  /// An event of `topic` was appended.
  void note(const Log<EventPtr>::TopicIndex& topic, Sequence sequence);
  /// Takes out those of whose topics something was appended behind what they have seen, in a log of `(base, head]`, and
  /// those who have seen less than half of it, before it leaves them behind.
  [[nodiscard]] std::vector<std::weak_ptr<Waiter>> take_due(Sequence base, Sequence head);
  /// All are due next time, since what was appended is not known.
  void note_all() { all_are_due_ = true; }

 private:
  using Id = std::uint64_t;
  struct Parked {
    Selection selection;
    Sequence seen;
    std::weak_ptr<Waiter> waiter;
  };

  void remove(Id id);
  void sweep();

  std::unordered_map<Id, Parked> parked_;
  std::unordered_map<const void*, std::unordered_set<Id>> by_topic_;  // and of all topics: by nullptr
  std::set<std::pair<Sequence, Id>> by_seen_;
  std::unordered_map<const void*, Sequence> noted_;  // of topics that somebody waits for, the last event's place
  bool all_are_due_ = false;
  Id next_ = 0;
  std::size_t after_sweep_ = 0;  // those who have gone go when their number could have doubled
};

}  // namespace taskwire::engine
