#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "browser/channels/console_panel.h"
#include "browser/channels/feed_link.h"
#include "browser/channels/heart_panel.h"
#include "browser/channels/inbox_panel.h"
#include "browser/fetcher.h"
#include "browser/live_page.h"
#include "browser/problem_box.h"
#include "browser/user_form.h"
#include "view/switchboard.h"

namespace taskwire::browser {

/// The page of channels, heart rates and messages: hands what happens in the browser to the switchboard, and does what
/// that then asks for. Not thread-safe.
class ChannelsPage final : public LivePage {
 public:
  ChannelsPage();

 private:
  void take(const std::string& type, const val& event) override;
  void tick(bool is_visible, view::Time now) override;
  void follow(view::Time now) override;
  std::optional<view::Time> deadline() override { return switchboard_.deadline(); }
  bool has_clock() override { return switchboard_.has_clock(); }
  void draw(view::Time now) override;
  view::Announcer& announcer() override { return switchboard_.announcer(); }

  void take_click(const val& target);
  void take_submit(const std::string& form);
  void submit_user();
  void take_address();
  void show_user(const std::string& name);

  view::Switchboard switchboard_;
  std::function<void()> settle_;
  Fetcher fetcher_;
  std::map<int, std::unique_ptr<FeedLink>> links_;  // by feed

  UserForm user_form_;
  ConsolePanel console_;
  ProblemBox heart_problem_;
  std::vector<HeartPanel> hearts_;
  InboxPanel inbox_;
};

}  // namespace taskwire::browser
