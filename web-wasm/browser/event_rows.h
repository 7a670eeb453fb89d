#pragma once

#include <cstdint>

#include "browser/dom.h"
#include "view/event_log.h"

namespace taskwire::browser {

/// What a log shows, as rows, newest first. The parts of a row that its template lacks are left out. Not thread-safe.
class EventRows {
 public:
  /// `template_id`: of a row with the parts `time`, `type`, `id`, `text` and `topic`.
  EventRows(val list, const char* template_id);

  void draw(const view::EventLog& log);
  [[nodiscard]] bool is_empty() const { return rows_ == 0; }

 private:
  void add(const view::EventLog::Entry& entry, bool is_full);

  val list_;
  const char* template_id_;
  std::size_t rows_ = 0;
  std::uint64_t drawn_ = 0;  // the number of the newest entry drawn
  int revision_ = -1;
  view::Millis ahead_of_utc_;
};

}  // namespace taskwire::browser
