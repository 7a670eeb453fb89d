#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "log/page_budget.h"
#include "log/waiters.h"
#include "resume/log.h"
#include "store/logged_event.h"

namespace taskwire::engine {

/// The end of the log in memory: everything in `(base, head]`, also what retention has trimmed from the store since. It
/// covers nothing until it was filled, or something was appended. Thread-safe.
class HotTail {
 public:
  using Limits = Log<EventPtr>::Limits;

  using Selection = engine::Selection;

  /// How a page is read: where it ends at the latest, and from which lag on the topics with keys are read latest.
  struct Manner {
    std::int64_t max_lag = Log<EventPtr>::kWhole;
    std::size_t most = PageBudget::kMostEvents;
  };

  struct Page {
    Events events;
    Sequence through = 0;  ///< Everything up to here was read.
    Sequence head = 0;     ///< Of the tail then.
    bool latest = false;   ///< Superseded events were left out.
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
  /// What comes after `after`, as much as fits one message, but of superseded events only so many are passed over at a
  /// time: then the page may end early, even empty. All topics are read whole. A place above the head has
  /// nothing after it yet. Nothing where the tail does not reach back so far.
  [[nodiscard]] std::optional<Page> read(const Selection& selection, Sequence after, const Manner& manner) const;
  [[nodiscard]] std::optional<Page> read(const Selection& selection, Sequence after) const {
    return read(selection, after, {});
  }
  /// Wakes `waiter` once, when something of `selection` is appended, or when `seen` is about to fall out of the tail.
  /// False, and no wake, if something was appended above `seen` already.
  [[nodiscard]] bool park(const Selection& selection, Sequence seen, std::weak_ptr<Waiter> waiter);

 private:
  void take_in(const EventPtr& event);

  mutable std::mutex mutex_;
  Log<EventPtr> log_;
  bool is_filled_ = false;
  Waiters waiters_;
};

}  // namespace taskwire::engine
