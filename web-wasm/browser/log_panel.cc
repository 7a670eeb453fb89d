#include "browser/log_panel.h"

#include <string>

#include "view/format.h"

namespace taskwire::browser {
namespace {

view::Millis ahead_of_utc() {
  return std::chrono::minutes(-call(global("Date").new_(), "getTimezoneOffset").as<int>());
}

}  // namespace

LogPanel::LogPanel()
    : list_(element("log")),
      pressed_(element("pause"), "aria-pressed"),
      empty_hidden_(element("log-empty"), "hidden"),
      pause_(element("pause")),
      ahead_of_utc_(ahead_of_utc()) {}

void LogPanel::draw(const view::EventLog& log) {
  pressed_.set(log.is_paused() ? "true" : "false");
  const auto held_back = log.held_back();
  pause_.set(held_back > 0 ? "Paused, +" + std::to_string(held_back) + " new" : log.is_paused() ? "Paused" : "Pause");
  if (revision_ != log.revision()) {
    revision_ = log.revision();
    call(list_, "replaceChildren");
    rows_ = 0;
    drawn_ = 0;
  }
  const auto entries = log.shown(drawn_);
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) add(**entry);
  if (!entries.empty()) drawn_ = entries.front()->number;
  empty_hidden_.toggle(rows_ > 0);
}

void LogPanel::add(const view::EventLog::Entry& entry) {
  const bool is_full = rows_ == view::EventLog::kMostEntries;
  const val row = is_full ? get(list_, "lastElementChild") : copy_of("log-template");
  if (!is_full) ++rows_;
  set_attribute(row, "data-id", entry.id);
  set_attribute(row, "data-type", entry.type);
  val cell = get(row, "firstElementChild");
  for (const auto& content : {view::format_time_of_day(entry.at, ahead_of_utc_), entry.type, entry.id, entry.text}) {
    set(cell, "textContent", content);
    cell = get(cell, "nextElementSibling");
  }
  call(list_, "prepend", row);
}

}  // namespace taskwire::browser
