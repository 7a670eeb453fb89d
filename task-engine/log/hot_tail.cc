#include "log/hot_tail.h"

#include <utility>

namespace taskwire::engine {
namespace {

// The event's own, with its topic and key; the log's entry, and indices.
constexpr std::size_t kEntryOverheadBytes = 400;
constexpr std::size_t kMostAtOnce = 1000;  // of a read, so that nobody holds the lock for long

}  // namespace

void HotTail::refill(Sequence base) {
  const std::lock_guard lock(mutex_);
  log_.restart(base);
  is_filled_ = false;
}

void HotTail::add(EventPtr event) {
  const std::lock_guard lock(mutex_);
  take_in(event);
}

void HotTail::filled(Sequence head) {
  const std::lock_guard lock(mutex_);
  log_.advance(head);
  is_filled_ = true;
  waiters_.note_all();  // who parked meanwhile, did so before there was anything to read
}

void HotTail::append(Sequence after, const Events& events) {
  const std::lock_guard lock(mutex_);
  if (!is_filled_ || after != log_.head()) log_.restart(after);
  is_filled_ = true;
  for (const auto& event : events) take_in(event);
}

void HotTail::take_in(const EventPtr& event) {
  const auto& entry = log_.append({event->sequence, event->topic, event->key, event->is_deletion,
                                   event->bytes.size() + kEntryOverheadBytes, event});
  waiters_.note(*entry.topic, event->sequence);
}

void HotTail::wake() {
  std::vector<std::weak_ptr<Waiter>> due;
  {
    const std::lock_guard lock(mutex_);
    if (is_filled_) due = waiters_.take_due(log_.base(), log_.head());
  }
  for (const auto& weak : due) {
    if (const auto waiter = weak.lock()) waiter->wake();
  }
}

Sequence HotTail::head() const {
  const std::lock_guard lock(mutex_);
  return log_.head();
}

std::optional<Sequence> HotTail::back(std::size_t events) const {
  const std::lock_guard lock(mutex_);
  return is_filled_ ? std::optional(log_.back(events)) : std::nullopt;
}

bool HotTail::covers(Sequence after) const {
  const std::lock_guard lock(mutex_);
  return is_filled_ && log_.covers(after);
}

HotTail::Selection HotTail::select(const std::vector<std::string>& topics) {
  const std::lock_guard lock(mutex_);
  Selection selection{topics.empty(), {}};
  for (const auto& topic : topics) selection.topics.push_back(log_.topic(topic));
  return selection;
}

std::optional<HotTail::Page> HotTail::read(const Selection& selection, Sequence after, const Manner& manner) const {
  const std::lock_guard lock(mutex_);
  if (!is_filled_) return std::nullopt;
  if (after > log_.head()) return Page{{}, after, log_.head(), false};
  if (!log_.covers(after)) return std::nullopt;
  Page page;
  page.head = log_.head();
  PageBudget budget(manner.most);
  const auto take = [&](const Log<EventPtr>::Entry& entry) {
    if (!budget.take(entry.value->bytes.size())) return false;
    page.events.push_back(entry.value);
    return true;
  };
  const auto read = selection.all ? log_.read_all(after, take)
                                  : log_.read(selection.topics, after, manner.max_lag, take, kMostAtOnce);
  page.through = read.through;
  page.latest = read.latest;
  return page;
}

bool HotTail::park(const Selection& selection, Sequence seen, std::weak_ptr<Waiter> waiter) {
  const std::lock_guard lock(mutex_);
  if (is_filled_ && log_.head() > seen) return false;
  waiters_.add(selection, seen, std::move(waiter));
  return true;
}

}  // namespace taskwire::engine
