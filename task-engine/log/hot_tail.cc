#include "log/hot_tail.h"

#include <utility>

#include "log/page_budget.h"
#include "store/event_row.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kEntryOverheadBytes = 200;  // the log's own entry and indices

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
}

void HotTail::append(Sequence after, const Events& events) {
  const std::lock_guard lock(mutex_);
  if (!is_filled_ || after != log_.head()) log_.restart(after);
  is_filled_ = true;
  for (const auto& event : events) take_in(event);
}

void HotTail::take_in(const EventPtr& event) {
  const auto sequence = parse_cursor(event->cursor())->sequence;
  log_.append({sequence, event->topic(), key_of(*event), event->has_task_deleted(),
               event->SpaceUsedLong() + kEntryOverheadBytes, event});
}

void HotTail::wake() {
  std::vector<std::weak_ptr<Waiter>> due;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(parked_, [&](Parked& parked) {
      if (!has_news(parked)) return parked.waiter.expired();
      due.push_back(std::move(parked.waiter));
      return true;
    });
  }
  for (const auto& weak : due) {
    if (const auto waiter = weak.lock()) waiter->wake();
  }
}

bool HotTail::has_news(const Parked& parked) const {
  if (!is_filled_ || parked.seen >= log_.head()) return false;
  const bool is_in_older_half = parked.seen - log_.base() < log_.head() - parked.seen;
  if (parked.selection.all || is_in_older_half) return true;
  bool found = false;
  log_.read(parked.selection.topics, parked.seen, Log<EventPtr>::kWhole, [&](const auto&) {
    found = true;
    return false;
  });
  return found;
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

std::optional<HotTail::Page> HotTail::read(const Selection& selection, Sequence after) const {
  const std::lock_guard lock(mutex_);
  if (!is_filled_) return std::nullopt;
  if (after > log_.head()) return Page{{}, after};
  if (!log_.covers(after)) return std::nullopt;
  Page page;
  PageBudget budget;
  const auto take = [&](const Log<EventPtr>::Entry& entry) {
    if (!budget.take(entry.bytes)) return false;
    page.events.push_back(entry.value);
    return true;
  };
  page.through = selection.all ? log_.read_all(after, take).through
                               : log_.read(selection.topics, after, Log<EventPtr>::kWhole, take).through;
  return page;
}

bool HotTail::park(const Selection& selection, Sequence seen, std::weak_ptr<Waiter> waiter) {
  const std::lock_guard lock(mutex_);
  if (is_filled_ && log_.head() > seen) return false;
  // Where nothing is ever appended, nobody else takes out those who have gone.
  if (parked_.size() > 2 * after_sweep_ + 64) {
    std::erase_if(parked_, [](const Parked& parked) { return parked.waiter.expired(); });
    after_sweep_ = parked_.size();
  }
  parked_.push_back({selection, seen, std::move(waiter)});
  return true;
}

}  // namespace taskwire::engine
