#pragma once

#include "browser/link_pill.h"
#include "view/dashboard.h"

namespace taskwire::browser {

/// The state of the connection: the pill, and the facts about the stream. Not thread-safe.
class LinkPanel {
 public:
  LinkPanel();

  void draw(view::Dashboard& dashboard, view::Time now);

 private:
  Attribute body_;
  LinkPill pill_;
  Text cursor_, heard_, heartbeat_, events_, resets_, skips_, repeats_;
};

}  // namespace taskwire::browser
