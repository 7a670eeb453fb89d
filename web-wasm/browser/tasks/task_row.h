#pragma once

#include <emscripten/val.h>
#include <memory>

#include "browser/dom.h"
#include "browser/tasks/task_details.h"
#include "view/dashboard.h"

namespace taskwire::browser {

/// One task of the list. Not thread-safe.
class TaskRow {
 public:
  explicit TaskRow(const view::Task& task);

  void draw(const view::Task& task, const view::Dashboard& dashboard, view::Time now);
  [[nodiscard]] const val& node() const { return state_.element(); }

 private:
  void draw_bar(const view::Task& task, const std::string& value);
  void draw_details(const view::Task& task, const view::Dashboard& dashboard);

  view::Millis ahead_of_utc_;
  Attribute state_;
  Attribute mark_;
  Attribute icon_;
  Text name_, kind_, attempt_, elapsed_, state_word_, trouble_, percent_, amount_, step_, stage_, left_, note_;
  Attribute bar_label_, bar_now_, bar_text_, bar_busy_;
  val fill_style_;
  int filled_ = -1;  // in thousandths
  Attribute cancel_disabled_, cancel_title_, cancel_label_;
  Text cancel_;
  Attribute retry_hidden_, retry_label_;
  Attribute expanded_, toggle_label_;
  std::unique_ptr<TaskDetails> details_;
};

}  // namespace taskwire::browser
