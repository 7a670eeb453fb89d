#pragma once

#include <map>
#include <memory>
#include <string>

#include "browser/link_pill.h"
#include "browser/log_panel.h"
#include "browser/problem_box.h"
#include "view/console.h"

namespace taskwire::browser {

/// The channels: who listens, what is published, what came. Not thread-safe.
class ConsolePanel {
 public:
  ConsolePanel();

  void draw(view::Console& console, view::Time now);

 private:
  struct Row {
    val node;
    LinkPill pill;
  };

  void draw_subscriptions(const view::Console& console, view::Time now);
  [[nodiscard]] Row new_row(const view::Console::Subscription& subscription) const;

  val list_;
  std::map<int, Row> rows_;  // by feed
  ProblemBox problem_, publish_problem_;
  Attribute publish_busy_;
  Text publish_note_;
  LogPanel log_;
};

}  // namespace taskwire::browser
