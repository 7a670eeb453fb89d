#include "view/announcer.h"

#include <algorithm>

namespace taskwire::view {

void Announcer::ended(const Task& task) {
  ++ended_;
  if (task.state == TaskState::failed) ++failed_;
  last_name_ = task.name;
  last_state_ = task.state;
  held_up_.erase(task.id);
}

void Announcer::held_up(const Task& task, std::string_view mark) {
  if (mark.empty()) {
    held_up_.erase(task.id);
  } else {
    held_up_[task.id] = task.name + ": " + std::string(mark) + '.';
  }
}

void Announcer::clear() {
  said_.clear();
  held_up_.clear();
  ended_ = failed_ = 0;
}

std::optional<std::string> Announcer::take(Time now) {
  told_at_ = std::min(told_at_, now);  // the clock may have been set back
  if (is_empty() || now < told_at_ + kPace) return std::nullopt;
  auto text = summary();
  if (text == told_) text += "\u00A0";
  clear();
  told_at_ = now;
  told_ = text;
  return text;
}

std::optional<Time> Announcer::deadline() const {
  return is_empty() ? std::nullopt : std::optional(told_at_ + kPace);
}

std::string Announcer::summary() const {
  std::string text = said_;
  for (const auto& part : {held_up_summary(), ended_summary()}) {
    if (!part.empty()) text.append(text.empty() ? "" : " ").append(part);
  }
  return text;
}

std::string Announcer::held_up_summary() const {
  if (held_up_.empty()) return {};
  if (held_up_.size() == 1) return held_up_.begin()->second;
  return std::to_string(held_up_.size()) + " tasks are held up.";
}

std::string Announcer::ended_summary() const {
  if (ended_ == 0) return {};
  if (ended_ == 1) return std::string(last_name_).append(" ").append(state_name(last_state_)).append(".");
  std::string text = std::to_string(ended_) + " tasks ended";
  if (failed_ > 0) text += ", " + std::to_string(failed_) + " failed";
  return text + '.';
}

}  // namespace taskwire::view
