#include "browser/tasks/page.h"

#include "browser/tasks/form_field.h"
#include "view/address.h"

namespace taskwire::browser {

Page::Page()
    : dashboard_(&random_bits),
      fetcher_([this](int number, const view::Answer& answer) {
        dashboard_.answered(number, answer, now());
        settle();
      }),
      stream_handlers_{[this] {
                         dashboard_.stream_opened(now());
                         settle();
                       },
                       [this](bool for_good) {
                         dashboard_.stream_broke(for_good, now());
                         settle();
                       },
                       [this](const view::StreamEvent& event) {
                         dashboard_.received(event, now());
                         settle();
                       }},
      settle_([this] { settle(); }),
      user_form_("channels.html") {
  dashboard_.begin(now());
  take_address();
  settle();
}

void Page::take(const std::string& type, const val& event) {
  const val target = get(event, "target");
  if (type == "click") take_click(target);
  if (type == "input") take_input(target);
  if (type == "submit") take_submit(target);
  if (type == "hashchange") take_address();
  if (type == "online") dashboard_.set_online(true, now());
  if (type == "offline") dashboard_.set_online(false, now());
  if (type == "pagehide") dashboard_.pause();
  if (type == "pageshow") dashboard_.resume(now());
}

void Page::take_click(const val& target) {
  const val button = closest(target, "[data-action]");
  if (button.isNull()) return;
  const auto action = attribute(button, "data-action");
  if (const val row = closest(button, "[data-task-id]"); !row.isNull()) {
    act_on_task(action, attribute(row, "data-task-id"));
  } else if (const val notice = closest(button, "[data-notice]"); !notice.isNull()) {
    dashboard_.notices().dismiss(attribute(notice, "data-notice"));
  }
  if (action == "copy") copy(button);
  if (action == "reconnect") dashboard_.connection().reconnect(now());
  if (action == "dismiss-start") dashboard_.form().dismiss();
  if (action == "more") dashboard_.board().show_more();
  if (action == "clear") dashboard_.log().clear();
  if (action == "pause") dashboard_.log().toggle_pause();
  if (action == "filter") {
    if (const auto filter = filter_named(attribute(button, "data-filter"))) dashboard_.board().set_filter(*filter);
  }
}

void Page::act_on_task(const std::string& action, const std::string& task_id) {
  if (action == "cancel") dashboard_.cancel(task_id, now());
  if (action == "retry") dashboard_.retry(task_id, now());
  if (action == "forget") dashboard_.forget(task_id, now());
  if (action == "details") dashboard_.toggle_details(task_id, now());
}

void Page::take_input(const val& input) {
  const auto id = get_text(input, "id");
  if (id == "user") user_form_.accept(true);
  if (id == "type") dashboard_.form().select(input_value(input));
  if (id == "task-name") dashboard_.form().set_name(input_value(input));
  if (id == "log-filter") dashboard_.log().set_filter(input_value(input));
  if (!closest(input, "#params").isNull()) {
    dashboard_.form().set_value(get_text(input, "name"), input_value(input));
  }
}

void Page::take_submit(const val& form) {
  if (get_text(form, "id") == "user-form") {
    submit_user();
  } else if (!dashboard_.start(now())) {
    start_.focus_error(dashboard_.form());
  }
}

void Page::submit_user() {
  const auto name = user_form_.name();
  if (dashboard_.is_connected_as(name)) {
    dashboard_.disconnect();
  } else {
    show_user(name);
  }
}

void Page::take_address() {
  const auto name = view::user_of_fragment(get_text(global("location"), "hash"));
  if (name.empty() || name == dashboard_.user()) return;
  user_form_.set_name(name);
  show_user(name);
}

void Page::show_user(const std::string& name) {
  user_form_.accept(dashboard_.choose_user(name, now()));
  if (dashboard_.user() == name) user_form_.remember(name);
}

void Page::tick(bool is_visible, view::Time time) {
  dashboard_.tick(is_visible, time);
}

void Page::follow(view::Time time) {
  if (const int number = dashboard_.stream(); number != stream_number_) {
    stream_number_ = number;
    stream_.reset();
    if (number != 0) stream_ = std::make_unique<EventStream>(dashboard_.stream_url(), "", stream_handlers_);
  }
  follow_outputs();
  for (const auto& sending : dashboard_.take_requests(time)) fetcher_.send(sending);
}

void Page::follow_outputs() {
  std::map<int, std::unique_ptr<OutputLink>> kept;
  for (const auto* feed : dashboard_.outputs().feeds()) {
    auto& link = kept[feed->number];
    if (const auto found = outputs_.find(feed->number); found != outputs_.end()) link = std::move(found->second);
    if (!link) link = std::make_unique<OutputLink>(feed->number, dashboard_, settle_);
    link->follow(*feed);
  }
  outputs_ = std::move(kept);
}

std::optional<view::Time> Page::deadline() {
  return dashboard_.deadline();
}

bool Page::has_clock() {
  return dashboard_.stream() != 0 || dashboard_.connection().state() == view::Connection::State::waiting;
}

void Page::draw(view::Time time) {
  user_form_.draw(dashboard_.is_connected_as(user_form_.name()));
  link_.draw(dashboard_, time);
  start_.draw(dashboard_);
  tasks_.draw(dashboard_, time);
  log_.draw(dashboard_.log());
  notices_.draw(dashboard_.notices());
}

}  // namespace taskwire::browser
