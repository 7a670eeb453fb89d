#include "browser/tasks/notice_panel.h"

#include <algorithm>
#include <string>

namespace taskwire::browser {

NoticePanel::NoticePanel() : node_(element("notices")) {}

void NoticePanel::draw(const view::Notices& notices) {
  const auto& all = notices.all();
  for (auto shown = shown_.begin(); shown != shown_.end();) {
    const bool is_there = std::any_of(all.begin(), all.end(), [&](const auto& n) { return n.number == shown->first; });
    if (is_there) {
      ++shown;
      continue;
    }
    if (has_focus(shown->second)) move_focus(element("tasks-title"));
    call(shown->second, "remove");
    shown = shown_.erase(shown);
  }
  for (const auto& notice : all) {
    if (shown_.contains(notice.number)) continue;
    const val node = copy_of("notice-template");
    set_attribute(node, "data-notice", std::to_string(notice.number));
    call(node_, "append", node);
    ProblemText(node).set(notice.problem);
    shown_.emplace(notice.number, node);
  }
}

}  // namespace taskwire::browser
