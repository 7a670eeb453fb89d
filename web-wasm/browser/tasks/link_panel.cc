#include "browser/link_panel.h"

#include <string>

#include "view/describe.h"
#include "view/format.h"

namespace taskwire::browser {
namespace {

using State = view::Connection::State;

std::string age_of(const std::optional<view::Time>& moment, view::Time now) {
  return moment ? view::format_age(now - *moment) : "never";
}

}  // namespace

LinkPanel::LinkPanel()
    : body_(get(document(), "body"), "data-connection"),
      pill_(element("link"), "data-state"),
      label_(element("link-label")),
      connect_(element("connect")),
      disconnects_(connect_.node(), "data-disconnects"),
      reconnect_hidden_(element("reconnect"), "hidden"),
      cursor_(element("cursor")),
      heard_(element("heard")),
      heartbeat_(element("heartbeat")),
      events_(element("events")),
      resets_(element("resets")),
      skips_(element("skips")),
      repeats_(element("repeats")) {}

void LinkPanel::draw(view::Dashboard& dashboard, const std::string& typed_user, view::Time now) {
  const auto& connection = dashboard.connection();
  const auto& status = dashboard.status();
  const auto link = view::describe(connection, now);
  body_.set(link.key);
  pill_.set(link.key);
  label_.set(link.label);
  const bool disconnects = dashboard.is_connected_as(typed_user);
  connect_.set(disconnects ? "Disconnect" : "Connect");
  disconnects_.toggle(disconnects);
  const bool is_up = connection.state() == State::live || connection.state() == State::disconnected;
  if (is_up && has_focus(reconnect_hidden_.element())) move_focus(connect_.node());
  reconnect_hidden_.toggle(is_up);
  cursor_.set(status.cursor.empty() ? "none" : status.cursor);
  heard_.set(age_of(status.heard_at, now));
  heartbeat_.set(age_of(status.heartbeat_at, now));
  events_.set(view::format_count(status.events));
  std::string resets = view::format_count(status.resets);
  if (status.resets > 0) resets += " (" + status.last_reset + ')';
  resets_.set(resets);
  skips_.set(view::format_count(status.skips));
  repeats_.set(view::format_count(status.repeats));
}

}  // namespace taskwire::browser
