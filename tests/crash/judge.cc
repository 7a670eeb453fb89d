#include "crash/judge.h"

#include <algorithm>
#include <utility>

#include "crash/observe.h"

namespace taskwire::engine {

std::string_view name_of(Violation::Kind kind) {
  switch (kind) {
    case Violation::Kind::refused:
      return "refused";
    case Violation::Kind::unreadable:
      return "unreadable";
    case Violation::Kind::lost:
      return "lost";
    case Violation::Kind::torn:
      return "torn";
    case Violation::Kind::twice:
      return "twice";
    case Violation::Kind::renamed:
      return "renamed";
    case Violation::Kind::wrong:
      return "wrong";
  }
  return "";
}

void Judge::begin(Model model, const std::string& epoch) {
  states_ = {std::make_shared<const Model>(std::move(model))};
  past_ = states_;
  epoch_ = epoch;
}

std::optional<Violation> Judge::acknowledge(Model next, const std::string& epoch) {
  for (auto event = next.events.upper_bound(last().head); event != next.events.end(); ++event) {
    if (auto twice = claim(epoch, event->first, event->second)) return twice;
  }
  if (durability_ == Durability::full) states_.clear();
  states_.push_back(std::make_shared<const Model>(std::move(next)));
  past_.push_back(states_.back());
  doubtful_ = nullptr;
  return std::nullopt;
}

std::optional<Violation> Judge::glimpse(Store& store, After after) {
  const auto found = observe_events(store);
  if (!found) return std::nullopt;
  const auto shows = [&](const Model& state) { return found->head == state.head && found->events == state.events; };
  if (shows(last())) return std::nullopt;
  const auto left = std::find_if(states_.rbegin(), states_.rend(), [&](const State& state) { return shows(*state); });
  if (after == After::fall && left != states_.rend()) {
    states_.erase(left.base(), states_.end());
    return std::nullopt;
  }
  if (doubtful_ && shows(*doubtful_)) return acknowledge(*doubtful_, store.epoch());
  return Violation{Violation::Kind::torn, "while nothing can be written, readers are shown what was never there"};
}

std::optional<Violation> Judge::look(Store& store, After after) {
  auto observed = observe(store);
  if (!observed) return Violation{Violation::Kind::unreadable, observed.error().message};
  const auto& found = observed->model;
  if (!accept(found, after)) return say(found);
  if (!observed->contradiction.empty()) return Violation{Violation::Kind::torn, observed->contradiction};
  if (const auto marks = wrong_marks(store, last()); !marks.empty()) return Violation{Violation::Kind::torn, marks};
  for (const auto& [sequence, event] : found.events) {
    if (auto twice = claim(store.epoch(), sequence, event)) return twice;
  }
  return check_name(store.epoch(), after);
}

std::optional<Violation> Judge::claim(const std::string& epoch, Sequence sequence, const Model::Event& event) {
  const auto [known, is_new] = ids_.try_emplace({epoch, sequence}, event.bytes);
  if (is_new || known->second == event.bytes || *known->second == *event.bytes) return std::nullopt;
  return Violation{Violation::Kind::twice, to_string(Cursor{epoch, sequence}) + " named two events"};
}

std::optional<Violation> Judge::check_name(const std::string& epoch, After after) {
  const bool is_same = epoch == epoch_ || epoch_.empty();
  const bool is_unsynced = std::exchange(sync_failed_, false) && is_open_;
  const bool may_change = is_unsynced || (after == After::fall && may_be_renamed_);
  epoch_ = epoch;
  is_open_ = true;
  may_be_renamed_ = durability_ == Durability::normal;
  if (is_same || may_change) return std::nullopt;
  return Violation{Violation::Kind::renamed, "the log has a new name, though no ids can have been lost"};
}

bool Judge::accept(const Model& found, After after) {
  const auto doubtful = std::exchange(doubtful_, nullptr);
  if (doubtful && difference(found, *doubtful).empty()) {
    if (durability_ == Durability::full) states_.clear();  // who has seen it relies on it
    states_.push_back(doubtful);
    past_.push_back(doubtful);
    return true;
  }
  while (!difference(found, last()).empty()) {
    if (after != After::fall || states_.size() == 1) return false;
    states_.pop_back();
  }
  return true;
}

Violation Judge::say(const Model& found) const {
  for (std::size_t back = past_.size(); back > 0; --back) {
    if (difference(found, *past_[back - 1]).empty())
      return {Violation::Kind::lost,
              "commits that were acknowledged are lost, the last " + std::to_string(past_.size() - back) + " or more"};
  }
  const auto text = difference(found, last());
  if (found.head < last().head) return {Violation::Kind::lost, text};
  return {Violation::Kind::torn, text};
}

}  // namespace taskwire::engine
