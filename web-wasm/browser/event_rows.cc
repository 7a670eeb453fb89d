#include "browser/event_rows.h"

#include <string>

#include "view/format.h"

namespace taskwire::browser {
namespace {

void fill(const val& row, const char* name, std::string_view content) {
  if (const val cell = part(row, name); !cell.isNull()) set(cell, "textContent", content);
}

}  // namespace

EventRows::EventRows(val list, const char* template_id)
    : list_(std::move(list)), template_id_(template_id), ahead_of_utc_(ahead_of_utc()) {}

void EventRows::draw(const view::EventLog& log) {
  if (revision_ != log.revision()) {
    revision_ = log.revision();
    call(list_, "replaceChildren");
    rows_ = 0;
    drawn_ = 0;
  }
  const auto entries = log.shown(drawn_);
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) add(**entry, rows_ == log.most());
  if (!entries.empty()) drawn_ = entries.front()->number;
}

void EventRows::add(const view::EventLog::Entry& entry, bool is_full) {
  const val row = is_full ? get(list_, "lastElementChild") : copy_of(template_id_);
  if (!is_full) ++rows_;
  set_attribute(row, "data-id", entry.id);
  set_attribute(row, "data-type", entry.type);
  fill(row, "time", view::format_time_of_day(entry.at, ahead_of_utc_));
  fill(row, "type", entry.type);
  fill(row, "id", entry.id);
  fill(row, "text", entry.text);
  fill(row, "topic", entry.topic);
  call(list_, "prepend", row);
}

}  // namespace taskwire::browser
