#pragma once

#include <string>

#include "browser/dom.h"
#include "view/dashboard.h"

namespace taskwire::browser {

/// The state of the connection: the pill, the buttons beside it, and the facts about the stream. Not thread-safe.
class LinkPanel {
 public:
  LinkPanel();

  /// `typed_user`: whom the button would connect.
  void draw(view::Dashboard& dashboard, const std::string& typed_user, view::Time now);

 private:
  Attribute body_, pill_;
  Text label_, connect_;
  Attribute disconnects_;
  Attribute reconnect_hidden_;
  Text cursor_, heard_, heartbeat_, events_, resets_, skips_, repeats_;
};

}  // namespace taskwire::browser
