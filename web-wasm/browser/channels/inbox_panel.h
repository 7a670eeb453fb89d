#pragma once

#include "browser/event_rows.h"
#include "browser/link_pill.h"
#include "browser/problem_box.h"
#include "view/switchboard.h"

namespace taskwire::browser {

/// The messages of one person, and what is sent to people. Not thread-safe.
class InboxPanel {
 public:
  InboxPanel();

  void draw(view::Switchboard& switchboard, view::Time now);

 private:
  /// A button that begins a long request, with what came of it.
  class Run {
   public:
    explicit Run(const std::string& name);
    /// `run`: null where there has been none.
    void draw(const view::LongRun* run, bool is_connected, view::Time now);

   private:
    Attribute disabled_, busy_;
    Text note_;
    ProblemBox problem_;
    std::string hint_;  // what the page says before anything came
  };

  void draw_inbox(const view::Inbox& inbox, view::Time now);

  LinkPill pill_;
  Text cursor_, greeted_, heartbeat_, repeats_;
  std::unique_ptr<EventRows> rows_;
  int feed_ = 0;  // whose messages the rows are
  Attribute empty_hidden_;
  ProblemBox problem_, send_problem_;
  Attribute send_busy_;
  Text send_note_;
  Run task_run_, object_run_;
};

}  // namespace taskwire::browser
