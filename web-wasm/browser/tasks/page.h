#pragma once

#include <memory>
#include <optional>
#include <string>

#include "browser/callback.h"
#include "browser/event_stream.h"
#include "browser/fetcher.h"
#include "browser/link_panel.h"
#include "browser/log_panel.h"
#include "browser/notice_panel.h"
#include "browser/start_panel.h"
#include "browser/task_list.h"
#include "view/dashboard.h"

namespace taskwire::browser {

/// The page: hands what happens in the browser to the dashboard, and does what the dashboard then asks for. It is drawn
/// within a frame after something happened, 20 times a second at most, and not at all while nobody can see it. Lives as
/// long as the page. Not thread-safe.
class Page {
 public:
  Page();

 private:
  void take_event(const val& event);
  void take_click(const val& target);
  void take_input(const val& input);
  void take_submit(const val& event);
  void act_on_task(const std::string& action, const std::string& task_id);
  void submit_user();
  void take_address();
  void show_user(const std::string& name);
  void show_user_error(const std::string& error);
  void copy(const val& button);
  void say(const char* text);

  /// Does what the dashboard asks for after something went in.
  void settle();
  void follow_stream();
  void arm_timer();
  void schedule_frame();
  void draw();

  view::Dashboard dashboard_;
  Callback on_event_;
  Callback on_frame_;
  Callback on_timer_;
  Callback on_copied_;
  Callback on_not_copied_;
  Fetcher fetcher_;
  EventStream::Handlers stream_handlers_;
  std::unique_ptr<EventStream> stream_;
  int stream_number_ = 0;
  std::optional<view::Time> timer_at_;
  val timer_ = val::undefined();
  bool is_frame_scheduled_ = false;
  view::Time drawn_at_{};

  LinkPanel link_;
  StartPanel start_;
  TaskList tasks_;
  LogPanel log_;
  NoticePanel notices_;
  Text announcement_;
  Text user_error_;
  Attribute user_invalid_;
  Attribute ready_;
};

}  // namespace taskwire::browser
