#include "browser/channels/inbox_panel.h"

#include <string>

#include "view/format.h"

namespace taskwire::browser {
namespace {

std::string age_of(const std::optional<view::Time>& moment, view::Time now) {
  return moment ? view::format_age(now - *moment) : "never";
}

std::string note_of(const view::LongRun& run, const std::string& hint, view::Time now) {
  if (run.since())
    return "Under way, " + view::format_duration(std::chrono::floor<std::chrono::seconds>(now - *run.since()));
  return run.message().empty() ? hint : run.message() + ": " + run.data();
}

}  // namespace

InboxPanel::Run::Run(const std::string& name)
    : disabled_(element(("run-" + name).c_str()), "disabled"),
      busy_(disabled_.element(), "aria-disabled"),
      note_(element((name + "-note").c_str())),
      problem_((name + "-problem").c_str(), disabled_.element()),
      hint_(get_text(note_.node(), "textContent")) {}

void InboxPanel::Run::draw(const view::LongRun* run, bool is_connected, view::Time now) {
  static const view::LongRun none;
  const auto& shown = run == nullptr ? none : *run;
  disabled_.toggle(!is_connected);
  busy_.set_or_remove(shown.is_busy() ? "true" : "");
  note_.set(is_connected || shown.is_busy() ? note_of(shown, hint_, now) : "Connect as a user first.");
  problem_.draw(shown.problem());
}

InboxPanel::InboxPanel()
    : pill_(element("link"), element("link-label"), element("reconnect"), element("connect")),
      cursor_(element("inbox-cursor")),
      greeted_(element("inbox-greeted")),
      heartbeat_(element("inbox-heartbeat")),
      repeats_(element("inbox-repeats")),
      empty_hidden_(element("messages-empty"), "hidden"),
      problem_("inbox-problem", element("connect")),
      send_problem_("send-problem", element("send")),
      send_busy_(element("send"), "aria-disabled"),
      send_note_(element("send-note")),
      task_run_("task"),
      object_run_("object") {}

void InboxPanel::draw(view::Switchboard& switchboard, view::Time now) {
  const auto& inbox = switchboard.inbox();
  if (inbox) draw_inbox(*inbox, now);
  problem_.draw(switchboard.inbox_problem());
  const auto& sending = switchboard.sending();
  send_problem_.draw(sending.problem());
  send_busy_.set_or_remove(sending.is_busy() ? "true" : "");
  const auto& id = sending.accepted_id();
  send_note_.set(sending.is_busy() ? "Sending" : id.empty() ? "" : "Sent as " + id);
  const bool is_connected = inbox && switchboard.is_connected_as(inbox->user());
  task_run_.draw(switchboard.run_of(view::Purpose::run_task), is_connected, now);
  object_run_.draw(switchboard.run_of(view::Purpose::run_object), is_connected, now);
}

void InboxPanel::draw_inbox(const view::Inbox& inbox, view::Time now) {
  const auto& feed = inbox.feed();
  const auto& status = feed.status();
  if (feed_ != feed.number()) {
    feed_ = feed.number();
    rows_ = std::make_unique<EventRows>(element("messages"), "message-template");
  }
  pill_.draw(feed.connection(), now);
  cursor_.set(status.cursor.empty() ? "none" : status.cursor);
  greeted_.set(age_of(inbox.greeted_at(), now));
  heartbeat_.set(age_of(status.heartbeat_at, now));
  repeats_.set(std::to_string(status.repeats));
  rows_->draw(inbox.messages());
  empty_hidden_.toggle(!rows_->is_empty());
}

}  // namespace taskwire::browser
