#include "view/event_log.h"

#include <algorithm>
#include <utility>

#include "resume/ascii.h"

namespace taskwire::view {
namespace {

bool contains(std::string_view text, std::string_view lower_part) {
  return std::search(text.begin(), text.end(), lower_part.begin(), lower_part.end(),
                     [](char a, char b) { return to_lower(a) == b; }) != text.end();
}

}  // namespace

void EventLog::add(Entry entry) {
  entry.number = ++count_;
  entries_.push_back(std::move(entry));
  if (entries_.size() > most_) entries_.pop_front();
}

void EventLog::clear() {
  entries_.clear();
  held_.clear();
  paused_after_ = count_;
  ++revision_;
}

void EventLog::forget_newest(std::size_t count) {
  forget_newest(count, [](const Entry&) { return true; });
}

void EventLog::forget_newest(std::size_t count, const std::function<bool(const Entry&)>& is_meant) {
  const auto before = entries_.size();
  for (auto i = before; i > 0 && count > 0; --i) {
    const auto entry = entries_.begin() + static_cast<std::ptrdiff_t>(i - 1);
    if (!is_meant(*entry)) continue;
    entries_.erase(entry);
    --count;
  }
  if (entries_.size() != before) ++revision_;
}

void EventLog::pause() {
  if (is_paused_) return;
  is_paused_ = true;
  held_ = entries_;
  paused_after_ = count_;
}

void EventLog::resume() {
  if (!is_paused_) return;
  is_paused_ = false;
  held_.clear();
  ++revision_;
}

std::size_t EventLog::held_back() const {
  if (!is_paused_) return 0;
  return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.number > paused_after_ && matches(entry);
  }));
}

void EventLog::set_filter(std::string_view text) {
  filter_ = text;
  std::transform(filter_.begin(), filter_.end(), filter_.begin(), to_lower);
  ++revision_;
}

std::vector<const EventLog::Entry*> EventLog::shown(std::uint64_t after) const {
  const auto& entries = is_paused_ ? held_ : entries_;
  std::vector<const Entry*> shown;
  for (auto entry = entries.rbegin(); entry != entries.rend() && entry->number > after; ++entry) {
    if (matches(*entry)) shown.push_back(&*entry);
  }
  return shown;
}

bool EventLog::matches(const Entry& entry) const {
  return filter_.empty() || contains(entry.type, filter_) || contains(entry.id, filter_) ||
         contains(entry.text, filter_) || contains(entry.topic, filter_);
}

}  // namespace taskwire::view
