#include "browser/page.h"

#include <algorithm>
#include <array>

#include "view/address.h"

namespace taskwire::browser {
namespace {

constexpr std::array kDocumentEvents = {"click", "input", "submit", "visibilitychange"};
constexpr std::array kWindowEvents = {"hashchange", "online", "offline", "pagehide", "pageshow"};
constexpr view::Millis kSecond{1'000};   // how often ages and countdowns are drawn
constexpr view::Millis kLeastDelay{20};  // of the timer
constexpr view::Millis kPace{50};        // between two drawings, which is as often as an eye reads text

view::Time now() {
  return std::chrono::floor<view::Millis>(std::chrono::system_clock::now());
}

std::uint32_t random_bits() {
  const val numbers = global("Uint32Array").new_(1);
  return call(global("crypto"), "getRandomValues", numbers)[0].as<std::uint32_t>();
}

std::string typed_user() {
  return call(get(element("user"), "value"), "trim").as<std::string>();
}

bool is_visible() {
  return get(document(), "hidden").isFalse();
}

}  // namespace

Page::Page()
    : dashboard_(&random_bits),
      on_event_([this](const val& event) { take_event(event); }),
      on_frame_([this](const val&) { draw(); }),
      on_timer_([this](const val&) {
        timer_at_.reset();
        dashboard_.tick(is_visible(), now());
        settle();
      }),
      on_copied_([this](const val&) { say("Copied."); }),
      on_not_copied_([this](const val&) { say("Could not copy."); }),
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
      announcement_(element("announcement")),
      user_error_(element("user-error")),
      user_invalid_(element("user"), "aria-invalid"),
      ready_(get(document(), "body"), "data-ready") {
  for (const auto* type : kDocumentEvents) {
    call(document(), "addEventListener", type, on_event_.function());
  }
  for (const auto* type : kWindowEvents) {
    call(global("window"), "addEventListener", type, on_event_.function());
  }
  set_flag(element("connect"), "disabled", false);
  dashboard_.begin(now());
  take_address();
  settle();
}

void Page::take_event(const val& event) {
  const auto type = get_text(event, "type");
  auto& connection = dashboard_.connection();
  if (type == "click") take_click(get(event, "target"));
  if (type == "input") take_input(get(event, "target"));
  if (type == "submit") take_submit(event);
  if (type == "visibilitychange") dashboard_.tick(is_visible(), now());
  if (type == "hashchange") take_address();
  if (type == "online") connection.set_online(true, now());
  if (type == "offline") connection.set_online(false, now());
  if (type == "pagehide") connection.pause();
  if (type == "pageshow") connection.resume(now());
  settle();
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
  if (id == "user") show_user_error("");
  if (id == "type") dashboard_.form().select(input_value(input));
  if (id == "task-name") dashboard_.form().set_name(input_value(input));
  if (id == "log-filter") dashboard_.log().set_filter(input_value(input));
  if (!closest(input, "#params").isNull()) {
    dashboard_.form().set_value(get_text(input, "name"), input_value(input));
  }
}

void Page::take_submit(const val& event) {
  call(event, "preventDefault");
  if (get_text(get(event, "target"), "id") == "user-form") {
    submit_user();
  } else if (!dashboard_.start(now())) {
    start_.focus_error(dashboard_.form());
  }
}

void Page::submit_user() {
  const auto name = typed_user();
  if (dashboard_.is_connected_as(name)) {
    dashboard_.disconnect();
    return;
  }
  show_user(name);
  if (dashboard_.user() == name) set(global("location"), "hash", view::fragment_of_user(name));
}

void Page::take_address() {
  const auto name = view::user_of_fragment(get_text(global("location"), "hash"));
  if (name.empty() || name == dashboard_.user()) return;
  set(element("user"), "value", name);
  show_user(name);
}

void Page::show_user(const std::string& name) {
  const bool is_name = dashboard_.choose_user(name, now());
  show_user_error(is_name ? "" : "1 to 128 letters, digits, or . _ ~ @ -");
}

void Page::show_user_error(const std::string& error) {
  user_error_.set_or_hide(error);
  user_invalid_.set_or_remove(error.empty() ? "" : "true");
}

void Page::copy(const val& button) {
  const auto name = attribute(button, "data-copy");
  const val details = closest(button, ".details");
  const val source = details.isNull() ? element(name.c_str()) : part(details, name.c_str());
  call(call(global("window"), "getSelection"), "selectAllChildren", source);
  const val clipboard = get(global("navigator"), "clipboard");  // only where the page is a secure context
  if (clipboard.isUndefined()) {
    say("Could not copy.");
    return;
  }
  const val copied = call(clipboard, "writeText", get(source, "textContent"));
  call(copied, "then", on_copied_.function(), on_not_copied_.function());
}

void Page::say(const char* text) {
  dashboard_.announcer().say(text);
  settle();
}

void Page::settle() {
  follow_stream();
  for (const auto& sending : dashboard_.take_requests(now())) fetcher_.send(sending);
  arm_timer();
  schedule_frame();
}

void Page::follow_stream() {
  const int number = dashboard_.stream();
  if (number == stream_number_) return;
  stream_number_ = number;
  stream_.reset();
  if (number != 0) stream_ = std::make_unique<EventStream>(dashboard_.stream_url(), stream_handlers_);
}

void Page::arm_timer() {
  const auto time = now();
  auto at = dashboard_.deadline();
  const bool has_clock = is_visible() && dashboard_.stream() != 0;
  if (has_clock || dashboard_.connection().state() == view::Connection::State::waiting)
    at = std::min(at.value_or(time + kSecond), time + kSecond);
  if (!at || (timer_at_ && *timer_at_ <= *at)) return;
  if (timer_at_) global("clearTimeout")(timer_);
  timer_at_ = std::max(*at, time + kLeastDelay);
  timer_ = global("setTimeout")(on_timer_.function(), val(static_cast<double>((*timer_at_ - time).count())), val(0));
}

void Page::schedule_frame() {
  if (is_frame_scheduled_ || !is_visible()) return;
  is_frame_scheduled_ = true;
  global("requestAnimationFrame")(on_frame_.function());
}

void Page::draw() {
  is_frame_scheduled_ = false;
  const auto time = now();
  if (time >= drawn_at_ && time - drawn_at_ < kPace) {
    schedule_frame();
    return;
  }
  drawn_at_ = time;
  link_.draw(dashboard_, typed_user(), time);
  start_.draw(dashboard_);
  tasks_.draw(dashboard_, time);
  log_.draw(dashboard_.log());
  notices_.draw(dashboard_.notices());
  if (const auto text = dashboard_.announcer().take(time)) announcement_.set(*text);
  ready_.set("true");
}

}  // namespace taskwire::browser
