#pragma once

#include "browser/event_rows.h"
#include "browser/link_pill.h"
#include "view/heart_rate.h"

namespace taskwire::browser {

/// One of the three heart rates. Not thread-safe.
class HeartPanel {
 public:
  explicit HeartPanel(const view::HeartRate& heart_rate);

  void draw(const view::HeartRate& heart_rate, view::Time now);

 private:
  val node_;
  Text toggle_, value_, cursor_, text_;
  LinkPill pill_;
  Attribute toggle_label_, plot_label_, points_;
  EventRows rows_;
};

}  // namespace taskwire::browser
