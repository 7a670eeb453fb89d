#include "browser/channels/page.h"

#include <charconv>
#include <utility>

#include "view/address.h"

namespace taskwire::browser {
namespace {

view::Form form_of(const char* select_id) {
  return get_text(element(select_id), "value") == "text" ? view::Form::text : view::Form::json;
}

std::string value_of(const char* input_id) {
  return get_text(element(input_id), "value");
}

/// The number in an attribute of the element around `button`; 0 where there is none.
int number_around(const val& button, const char* selector, const char* name) {
  const val around = closest(button, selector);
  int number = 0;
  if (around.isNull()) return number;
  const auto digits = attribute(around, name);
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

void enable_forms() {
  const val buttons = call(document(), "querySelectorAll", "[data-needs-start]");
  const int count = get(buttons, "length").as<int>();
  for (int i = 0; i < count; ++i) set_flag(buttons[i], "disabled", false);
}

}  // namespace

ChannelsPage::ChannelsPage()
    : switchboard_(&random_bits),
      settle_([this] { settle(); }),
      fetcher_([this](int number, const view::Answer& answer) {
        switchboard_.answered(number, answer, now());
        settle();
      }),
      user_form_("./"),
      heart_problem_("heart-problem", element("hearts-title")) {
  for (const auto& heart_rate : switchboard_.heart_rates()) hearts_.emplace_back(heart_rate);
  enable_forms();
  take_address();
  settle();
}

void ChannelsPage::take(const std::string& type, const val& event) {
  const val target = get(event, "target");
  if (type == "click") take_click(target);
  if (type == "input" && get_text(target, "id") == "user") user_form_.accept(true);
  if (type == "input" && get_text(target, "id") == "log-filter") {
    switchboard_.console().log().set_filter(get_text(target, "value"));
  }
  if (type == "submit") take_submit(get_text(target, "id"));
  if (type == "hashchange") take_address();
  if (type == "online") switchboard_.set_online(true, now());
  if (type == "offline") switchboard_.set_online(false, now());
  if (type == "pagehide") switchboard_.pause();
  if (type == "pageshow") switchboard_.resume(now());
}

void ChannelsPage::take_click(const val& target) {
  const val button = closest(target, "[data-action]");
  if (button.isNull()) return;
  const auto action = attribute(button, "data-action");
  auto& log = switchboard_.console().log();
  if (action == "toggle") {
    switchboard_.toggle(static_cast<view::Pattern>(number_around(button, "[data-pattern]", "data-pattern")), now());
  }
  if (action == "reconnect") switchboard_.reconnect(number_around(button, "[data-feed]", "data-feed"), now());
  if (action == "reconnect-inbox" && switchboard_.inbox()) {
    switchboard_.reconnect(switchboard_.inbox()->feed().number(), now());
  }
  if (action == "leave") switchboard_.leave(attribute(closest(button, "[data-channel]"), "data-channel"));
  if (action == "pause") log.toggle_pause();
  if (action == "clear") log.clear();
  if (action == "run-task") switchboard_.run(view::Purpose::run_task, now());
  if (action == "run-object") switchboard_.run(view::Purpose::run_object, now());
  if (action == "copy") copy(button);
  if (action == "dismiss") switchboard_.dismiss(attribute(button, "data-place"));
}

void ChannelsPage::take_submit(const std::string& form) {
  if (form == "user-form") submit_user();
  if (form == "subscribe-form") switchboard_.subscribe(trimmed_value("channel"), now());
  if (form == "publish-form") {
    switchboard_.publish(trimmed_value("publish-channel"), trimmed_value("publish-type"), form_of("publish-form-kind"),
                         value_of("publish-data"), now());
  }
  if (form == "send-form") {
    switchboard_.send(trimmed_value("send-to"), form_of("send-form-kind"), value_of("send-text"), now());
  }
}

void ChannelsPage::submit_user() {
  const auto name = user_form_.name();
  if (switchboard_.is_connected_as(name)) {
    switchboard_.disconnect();
  } else {
    show_user(name);
  }
}

void ChannelsPage::take_address() {
  const auto name = view::user_of_fragment(get_text(global("location"), "hash"));
  const auto& inbox = switchboard_.inbox();
  if (name.empty() || (inbox && inbox->user() == name)) return;
  user_form_.set_name(name);
  show_user(name);
}

void ChannelsPage::show_user(const std::string& name) {
  const bool is_name = switchboard_.choose_user(name, now());
  user_form_.accept(is_name);
  if (is_name) user_form_.remember(name);
}

void ChannelsPage::tick(bool is_visible, view::Time time) {
  switchboard_.tick(is_visible, time);
}

void ChannelsPage::follow(view::Time time) {
  std::map<int, std::unique_ptr<FeedLink>> kept;
  for (const auto* feed : switchboard_.feeds()) {
    auto& link = kept[feed->number()];
    if (const auto found = links_.find(feed->number()); found != links_.end()) link = std::move(found->second);
    if (!link) link = std::make_unique<FeedLink>(feed->number(), switchboard_, settle_);
    link->follow(*feed);
  }
  links_ = std::move(kept);
  for (const auto& sending : switchboard_.take_requests(time)) fetcher_.send(sending);
}

void ChannelsPage::draw(view::Time time) {
  user_form_.draw(switchboard_.is_connected_as(user_form_.name()));
  console_.draw(switchboard_.console(), time);
  heart_problem_.draw(switchboard_.heart_problem());
  for (std::size_t i = 0; i < hearts_.size(); ++i) hearts_[i].draw(switchboard_.heart_rates()[i], time);
  inbox_.draw(switchboard_, time);
}

}  // namespace taskwire::browser
