#pragma once

#include "browser/event_rows.h"

namespace taskwire::browser {

/// The event log with its pause. Not thread-safe.
class LogPanel {
 public:
  LogPanel();

  void draw(const view::EventLog& log);

 private:
  EventRows rows_;
  Attribute pressed_, empty_hidden_;
  Text pause_;
};

}  // namespace taskwire::browser
