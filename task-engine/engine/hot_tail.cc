#include "engine/hot_tail.h"

#include <utility>

#include "engine/event_row.h"
#include "engine/page_budget.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kEntryOverheadBytes = 200;  // the log's own entry and indices

}  // namespace

void HotTail::restart(Sequence base) {
  const std::lock_guard lock(mutex_);
  log_.restart(base);
}

void HotTail::append(const Events& events) {
  const std::lock_guard lock(mutex_);
  for (const auto& event : events) {
    const auto sequence = parse_cursor(event->cursor())->sequence;
    log_.append({sequence, event->topic(), key_of(*event), event->has_task_deleted(),
                 event->SpaceUsedLong() + kEntryOverheadBytes, event});
  }
}

void HotTail::advance(Sequence head) {
  const std::lock_guard lock(mutex_);
  log_.advance(head);
}

void HotTail::wake() {
  std::vector<std::weak_ptr<Waiter>> parked;
  {
    const std::lock_guard lock(mutex_);
    parked.swap(parked_);
  }
  for (const auto& weak : parked) {
    if (const auto waiter = weak.lock()) waiter->wake();
  }
}

Sequence HotTail::head() const {
  const std::lock_guard lock(mutex_);
  return log_.head();
}

Sequence HotTail::back(std::size_t events) const {
  const std::lock_guard lock(mutex_);
  return log_.back(events);
}

bool HotTail::covers(Sequence after) const {
  const std::lock_guard lock(mutex_);
  return log_.covers(after);
}

HotTail::Selection HotTail::select(const std::vector<std::string>& topics) {
  const std::lock_guard lock(mutex_);
  Selection selection{topics.empty(), {}};
  for (const auto& topic : topics) selection.topics.push_back(log_.topic(topic));
  return selection;
}

std::optional<HotTail::Page> HotTail::read(const Selection& selection, Sequence after) const {
  const std::lock_guard lock(mutex_);
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

bool HotTail::park(Sequence seen, std::weak_ptr<Waiter> waiter) {
  const std::lock_guard lock(mutex_);
  if (log_.head() > seen) return false;
  parked_.push_back(std::move(waiter));
  return true;
}

}  // namespace taskwire::engine
