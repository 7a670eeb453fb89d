#include "view/announcer.h"

#include <algorithm>

namespace taskwire::view {

void Announcer::ended(const Task& task) {
  ++ended_;
  if (task.state == TaskState::failed) ++failed_;
  last_name_ = task.name;
  last_state_ = task.state;
}

void Announcer::clear() {
  said_.clear();
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
  if (ended_ == 0) return text;
  if (!text.empty()) text += ' ';
  if (ended_ == 1) return text.append(last_name_).append(" ").append(state_name(last_state_)).append(".");
  text += std::to_string(ended_) + " tasks ended";
  if (failed_ > 0) text += ", " + std::to_string(failed_) + " failed";
  return text + '.';
}

}  // namespace taskwire::view
