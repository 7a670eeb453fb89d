#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "browser/event_stream.h"
#include "browser/fetcher.h"
#include "browser/live_page.h"
#include "browser/log_panel.h"
#include "browser/tasks/link_panel.h"
#include "browser/tasks/notice_panel.h"
#include "browser/tasks/output_link.h"
#include "browser/tasks/start_panel.h"
#include "browser/tasks/task_list.h"
#include "browser/user_form.h"
#include "view/dashboard.h"

namespace taskwire::browser {

/// The page of tasks: hands what happens in the browser to the dashboard, and does what the dashboard then asks for.
/// Not thread-safe.
class Page final : public LivePage {
 public:
  Page();

 private:
  void take(const std::string& type, const val& event) override;
  void tick(bool is_visible, view::Time now) override;
  void follow(view::Time now) override;
  std::optional<view::Time> deadline() override;
  bool has_clock() override;
  void draw(view::Time now) override;
  view::Announcer& announcer() override { return dashboard_.announcer(); }

  void take_click(const val& target);
  void take_input(const val& input);
  void take_submit(const val& form);
  void act_on_task(const std::string& action, const std::string& task_id);
  void follow_outputs();
  void submit_user();
  void take_address();
  void show_user(const std::string& name);

  view::Dashboard dashboard_;
  Fetcher fetcher_;
  EventStream::Handlers stream_handlers_;
  std::unique_ptr<EventStream> stream_;
  int stream_number_ = 0;
  std::function<void()> settle_;
  std::map<int, std::unique_ptr<OutputLink>> outputs_;  // by feed

  UserForm user_form_;
  LinkPanel link_;
  StartPanel start_;
  TaskList tasks_;
  LogPanel log_;
  NoticePanel notices_;
};

}  // namespace taskwire::browser
