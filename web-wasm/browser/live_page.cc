#include "browser/live_page.h"

#include <algorithm>
#include <array>

namespace taskwire::browser {
namespace {

constexpr std::array kDocumentEvents = {"click", "input", "submit", "visibilitychange"};
constexpr std::array kWindowEvents = {"hashchange", "online", "offline", "pagehide", "pageshow"};
constexpr view::Millis kSecond{1'000};   // how often ages and countdowns are drawn
constexpr view::Millis kLeastDelay{20};  // of the timer
constexpr view::Millis kPace{50};        // between two drawings, which is as often as an eye reads text

bool is_visible() {
  return get(document(), "hidden").isFalse();
}

}  // namespace

view::Time now() {
  return std::chrono::floor<view::Millis>(std::chrono::system_clock::now());
}

std::uint32_t random_bits() {
  const val numbers = global("Uint32Array").new_(1);
  return call(global("crypto"), "getRandomValues", numbers)[0].as<std::uint32_t>();
}

std::string trimmed_value(const char* input_id) {
  return call(get(element(input_id), "value"), "trim").as<std::string>();
}

LivePage::LivePage()
    : on_event_([this](const val& event) { take_event(event); }),
      on_frame_([this](const val&) { draw_frame(); }),
      on_timer_([this](const val&) {
        timer_at_.reset();
        tick(is_visible(), now());
        settle();
      }),
      on_copied_([this](const val&) { say("Copied."); }),
      on_not_copied_([this](const val&) { say("Could not copy."); }),
      announcement_(element("announcement")),
      ready_(get(document(), "body"), "data-ready") {
  for (const auto* type : kDocumentEvents) {
    call(document(), "addEventListener", type, on_event_.function());
  }
  for (const auto* type : kWindowEvents) {
    call(global("window"), "addEventListener", type, on_event_.function());
  }
}

void LivePage::take_event(const val& event) {
  const auto type = get_text(event, "type");
  if (type == "submit") call(event, "preventDefault");
  if (type == "visibilitychange") {
    tick(is_visible(), now());
  } else {
    take(type, event);
  }
  settle();
}

void LivePage::settle() {
  follow(now());
  arm_timer();
  schedule_frame();
}

void LivePage::say(const char* text) {
  announcer().say(text);
  settle();
}

void LivePage::copy(const val& button) {
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

void LivePage::arm_timer() {
  const auto time = now();
  auto at = deadline();
  if (has_clock() && is_visible()) at = std::min(at.value_or(time + kSecond), time + kSecond);
  if (!at || (timer_at_ && *timer_at_ <= *at)) return;
  if (timer_at_) global("clearTimeout")(timer_);
  timer_at_ = std::max(*at, time + kLeastDelay);
  timer_ = global("setTimeout")(on_timer_.function(), val(static_cast<double>((*timer_at_ - time).count())), val(0));
}

void LivePage::schedule_frame() {
  if (is_frame_scheduled_ || !is_visible()) return;
  is_frame_scheduled_ = true;
  global("requestAnimationFrame")(on_frame_.function());
}

void LivePage::draw_frame() {
  is_frame_scheduled_ = false;
  const auto time = now();
  if (time >= drawn_at_ && time - drawn_at_ < kPace) {
    schedule_frame();
    return;
  }
  drawn_at_ = time;
  draw(time);
  if (const auto text = announcer().take(time)) announcement_.set(*text);
  ready_.set("true");
}

}  // namespace taskwire::browser
