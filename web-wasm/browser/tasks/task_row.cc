#include "browser/tasks/task_row.h"

#include <string>

#include "browser/js.h"
#include "view/describe.h"

namespace taskwire::browser {
namespace {

using view::Purpose;

/// 1 → `scaleX(0.001)`, without the C library's floating point output.
std::string scale(int thousandths) {
  const std::string digits = std::to_string(1000 + thousandths);
  return std::string(thousandths == 1000 ? "scaleX(1." : "scaleX(0.").append(digits, 1, 3).append(")");
}

}  // namespace

TaskRow::TaskRow(const view::Task& task)
    : ahead_of_utc_(ahead_of_utc()),
      state_(copy_of("task-template"), "data-state"),
      mark_(node(), "data-mark"),
      icon_(part(node(), "icon"), "href"),
      name_(part(node(), "name")),
      kind_(part(node(), "kind")),
      attempt_(part(node(), "attempt")),
      elapsed_(part(node(), "elapsed")),
      state_word_(part(node(), "state")),
      trouble_(part(node(), "trouble")),
      percent_(part(node(), "percent")),
      amount_(part(node(), "amount")),
      step_(part(node(), "step")),
      stage_(part(node(), "stage")),
      left_(part(node(), "left")),
      note_(part(node(), "note")),
      bar_label_(part(node(), "bar"), "aria-label"),
      bar_now_(bar_label_.element(), "aria-valuenow"),
      bar_text_(bar_label_.element(), "aria-valuetext"),
      bar_busy_(bar_label_.element(), "data-busy"),
      fill_style_(get(part(node(), "fill"), "style")),
      cancel_disabled_(part(node(), "cancel"), "aria-disabled"),
      cancel_title_(cancel_disabled_.element(), "title"),
      cancel_label_(cancel_disabled_.element(), "aria-label"),
      cancel_(cancel_disabled_.element()),
      retry_hidden_(part(node(), "retry"), "hidden"),
      retry_label_(retry_hidden_.element(), "aria-label"),
      expanded_(part(node(), "toggle"), "aria-expanded"),
      toggle_label_(expanded_.element(), "aria-label") {
  set_attribute(node(), "data-task-id", task.id);
}

void TaskRow::draw(const view::Task& task, const view::Dashboard& dashboard, view::Time now) {
  const bool is_cancelling = dashboard.outbox().is_pending(Purpose::cancel, task.id);
  const auto text =
      view::describe(task, dashboard.server_time(now), is_cancelling, ahead_of_utc_, dashboard.wait_of(task));
  state_.set(view::state_name(task.state));
  mark_.set_or_remove(text.mark);
  icon_.set(std::string("#i-").append(text.mark.empty() ? view::state_name(task.state) : text.mark));
  name_.set(task.name);
  kind_.set(task.type);
  attempt_.set_or_hide(text.attempt);
  elapsed_.set(text.elapsed);
  state_word_.set(text.state);
  trouble_.set_or_hide(text.trouble);
  percent_.set_or_hide(text.percent);
  amount_.set_or_hide(text.amount);
  step_.set_or_hide(text.step);
  stage_.set_or_hide(text.stage);
  left_.set_or_hide(text.left);
  note_.set_or_hide(text.note);
  draw_bar(task, text.value);
  cancel_.set(text.is_cancelling ? "Cancelling" : "Cancel");
  cancel_disabled_.set_or_remove(text.cancel_reason.empty() ? "" : "true");
  cancel_title_.set_or_remove(text.cancel_reason);
  cancel_label_.set("Cancel " + task.name + (text.cancel_reason.empty() ? "" : ": " + text.cancel_reason));
  retry_hidden_.toggle(!text.can_retry);
  retry_label_.set("Retry " + task.name);
  draw_details(task, dashboard);
}

void TaskRow::draw_bar(const view::Task& task, const std::string& value) {
  bar_label_.set(task.name);
  bar_text_.set(value);
  bar_busy_.toggle(task.is_indeterminate());
  if (task.is_indeterminate()) {
    bar_now_.remove();
  } else {
    bar_now_.set(std::to_string(task.percent));
  }
  const int filled = static_cast<int>(task.fraction() * 1000);
  if (filled == filled_) return;
  filled_ = filled;
  call(fill_style_, "setProperty", "transform", text(scale(filled)));
}

void TaskRow::draw_details(const view::Task& task, const view::Dashboard& dashboard) {
  const auto* const entry = dashboard.details().find(task.id);
  expanded_.set(entry != nullptr ? "true" : "false");
  toggle_label_.set("Details of " + task.name);
  if (entry == nullptr) {
    details_.reset();
    return;
  }
  if (!details_) details_ = std::make_unique<TaskDetails>(node(), task.name);
  details_->draw(task, *entry, dashboard.outputs().find(task.id));
}

}  // namespace taskwire::browser
