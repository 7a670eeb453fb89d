#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "resume/log.h"
#include "store/store.h"

namespace taskwire::engine {

/// Somebody who has read everything and wants to know when there is more.
class Waiter {
 public:
  virtual ~Waiter() = default;
  /// There is more. Must be short; called on the thread that appended.
  virtual void wake() = 0;
};

/// The end of the log in memory: everything in `(base, head]`, also what retention has trimmed from the store since. It
/// covers nothing until it was filled, or something was appended. Thread-safe.
class HotTail {
 public:
  using Limits = Log<EventPtr>::Limits;

  /// The topics of a reader.
  struct Selection {
    bool all = false;
    std::vector<Log<EventPtr>::TopicRef> topics;
  };

  struct Page {
    Events events;
    Sequence through = 0;  ///< Everything up to here was read.
  };

  explicit HotTail(Limits limits) : log_(limits) {}

  /// Begins to fill it: forgets everything and covers nothing until `filled`. One thread at a time fills and appends.
  void refill(Sequence base);
  /// While it is being filled: the next event behind `base`. What does not fit pushes the first ones out.
  void add(EventPtr event);
  /// Everything in `(base, head]` was added.
  void filled(Sequence head);

  /// Appends what was committed behind `after`, in order. Where that is not the head, something in between is not known
  /// here: then the tail begins anew behind `after`.
  void append(Sequence after, const Events& events);
  /// Wakes those who parked and have something to read now.
  void wake();

  /// Up to where it covers everything. Means nothing while it covers nothing.
  [[nodiscard]] Sequence head() const;
  /// The place that lies at most `events` events before the head; nothing, while it covers nothing.
  [[nodiscard]] std::optional<Sequence> back(std::size_t events) const;
  [[nodiscard]] bool covers(Sequence after) const;

  /// `topics`: at most 64 different ones; none: all.
  [[nodiscard]] Selection select(const std::vector<std::string>& topics);
  /// What comes after `after`, whole, as much as fits one message. A place above the head has nothing after it yet.
  /// Nothing where the tail does not reach back so far.
  [[nodiscard]] std::optional<Page> read(const Selection& selection, Sequence after) const;
  /// Wakes `waiter` once, when something of `selection` is appended, or when `seen` is about to fall out of the tail.
  /// False, and no wake, if something was appended above `seen` already.
  [[nodiscard]] bool park(const Selection& selection, Sequence seen, std::weak_ptr<Waiter> waiter);

 private:
  struct Parked {
    Selection selection;
    Sequence seen;
    std::weak_ptr<Waiter> waiter;
  };

  void take_in(const EventPtr& event);
  [[nodiscard]] bool has_news(const Parked& parked) const;

  mutable std::mutex mutex_;
  Log<EventPtr> log_;
  bool is_filled_ = false;
  std::vector<Parked> parked_;
  std::size_t after_sweep_ = 0;  // expired ones go when their number could have doubled
};

}  // namespace taskwire::engine
