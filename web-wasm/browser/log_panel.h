#pragma once

#include <cstdint>

#include "browser/dom.h"
#include "view/event_log.h"

namespace taskwire::browser {

/// The event log, newest first. Not thread-safe.
class LogPanel {
 public:
  LogPanel();

  void draw(const view::EventLog& log);

 private:
  void add(const view::EventLog::Entry& entry);

  val list_;
  Attribute pressed_, empty_hidden_;
  Text pause_;
  std::size_t rows_ = 0;
  std::uint64_t drawn_ = 0;  // the number of the newest entry drawn
  int revision_ = -1;
  view::Millis ahead_of_utc_;
};

}  // namespace taskwire::browser
