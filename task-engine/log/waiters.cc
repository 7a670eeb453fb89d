#include "log/waiters.h"

namespace taskwire::engine {

void Waiters::add(Selection selection, Sequence seen, std::weak_ptr<Waiter> waiter) {
  // Where nothing is ever appended, nobody else takes out those who have gone.
  if (parked_.size() > 2 * after_sweep_ + 64) sweep();
  const auto id = next_++;
  if (selection.all) by_topic_[nullptr].insert(id);
  for (const auto& topic : selection.topics) by_topic_[topic.get()].insert(id);
  by_seen_.emplace(seen, id);
  parked_.emplace(id, Parked{std::move(selection), seen, std::move(waiter)});
}

void Waiters::note(const Log<EventPtr>::TopicIndex& topic, Sequence sequence) {
  for (const void* const waited : {static_cast<const void*>(&topic), static_cast<const void*>(nullptr)}) {
    if (by_topic_.contains(waited)) noted_[waited] = sequence;
  }
}

std::vector<std::weak_ptr<Waiter>> Waiters::take_due(Sequence base, Sequence head) {
  std::vector<Id> due;
  if (std::exchange(all_are_due_, false)) {
    for (const auto& [id, parked] : parked_) due.push_back(id);
  }
  for (const auto& [topic, last] : std::exchange(noted_, {})) {
    const auto waiting = by_topic_.find(topic);
    if (waiting == by_topic_.end()) continue;
    for (const auto id : waiting->second) {
      if (parked_.at(id).seen < last) due.push_back(id);
    }
  }
  for (const auto& [seen, id] : by_seen_) {
    if (seen >= head || seen - base >= head - seen) break;
    due.push_back(id);
  }
  std::vector<std::weak_ptr<Waiter>> waiters;
  for (const auto id : due) {
    const auto parked = parked_.find(id);
    if (parked == parked_.end()) continue;  // due twice
    waiters.push_back(std::move(parked->second.waiter));
    remove(id);
  }
  return waiters;
}

void Waiters::remove(Id id) {
  const auto parked = parked_.find(id);
  const auto leave = [&](const void* topic) {
    const auto waiting = by_topic_.find(topic);
    waiting->second.erase(id);
    if (waiting->second.empty()) by_topic_.erase(waiting);
  };
  if (parked->second.selection.all) leave(nullptr);
  for (const auto& topic : parked->second.selection.topics) leave(topic.get());
  by_seen_.erase({parked->second.seen, id});
  parked_.erase(parked);
}

void Waiters::sweep() {
  std::vector<Id> gone;
  for (const auto& [id, parked] : parked_) {
    if (parked.waiter.expired()) gone.push_back(id);
  }
  for (const auto id : gone) remove(id);
  after_sweep_ = parked_.size();
}

}  // namespace taskwire::engine
