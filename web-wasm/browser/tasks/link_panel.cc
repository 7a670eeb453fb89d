#include "browser/tasks/link_panel.h"

#include <string>

#include "view/format.h"

namespace taskwire::browser {
namespace {

std::string age_of(const std::optional<view::Time>& moment, view::Time now) {
  return moment ? view::format_age(now - *moment) : "never";
}

}  // namespace

LinkPanel::LinkPanel()
    : body_(get(document(), "body"), "data-connection"),
      pill_(element("link"), element("link-label"), element("reconnect"), element("connect")),
      cursor_(element("cursor")),
      heard_(element("heard")),
      heartbeat_(element("heartbeat")),
      events_(element("events")),
      resets_(element("resets")),
      skips_(element("skips")),
      repeats_(element("repeats")) {}

void LinkPanel::draw(view::Dashboard& dashboard, view::Time now) {
  const auto& status = dashboard.status();
  body_.set(pill_.draw(dashboard.connection(), now));
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
