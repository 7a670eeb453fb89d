#pragma once

#include <string_view>

#include "browser/dom.h"
#include "view/connection.h"

namespace taskwire::browser {

/// The state of a connection as a pill, and the button that hurries it. Not thread-safe.
class LinkPill {
 public:
  /// `fallback` gets the focus when the button that has it goes.
  LinkPill(const val& pill, const val& label, const val& reconnect, val fallback);

  /// The key of the state that it shows now.
  std::string_view draw(const view::Connection& connection, view::Time now);

 private:
  Attribute state_;
  Text label_;
  Attribute reconnect_hidden_;
  val fallback_;
  view::Millis ahead_of_utc_;
};

}  // namespace taskwire::browser
