#include "browser/channels/console_panel.h"

namespace taskwire::browser {

ConsolePanel::ConsolePanel()
    : list_(element("subscriptions")),
      problem_("console-problem", element("channel")),
      publish_problem_("publish-problem", element("publish")),
      publish_busy_(element("publish"), "aria-disabled"),
      publish_note_(element("publish-note")) {}

void ConsolePanel::draw(view::Console& console, view::Time now) {
  draw_subscriptions(console, now);
  problem_.draw(console.problem());
  const auto& publishing = console.publishing();
  publish_problem_.draw(publishing.problem());
  publish_busy_.set_or_remove(publishing.is_busy() ? "true" : "");
  const auto& id = publishing.accepted_id();
  publish_note_.set(publishing.is_busy() ? "Publishing" : id.empty() ? "" : "Published as " + id);
  log_.draw(console.log());
}

void ConsolePanel::draw_subscriptions(const view::Console& console, view::Time now) {
  std::map<int, Row> kept;
  for (const auto& subscription : console.subscriptions()) {
    const int feed = subscription->feed.number();
    auto node = rows_.extract(feed);
    auto& row =
        node ? kept.insert(std::move(node)).position->second : kept.emplace(feed, new_row(*subscription)).first->second;
    row.pill.draw(subscription->feed.connection(), now);
  }
  for (const auto& [feed, row] : rows_) {
    if (has_focus(row.node)) move_focus(element("channel"));
    call(row.node, "remove");
  }
  rows_ = std::move(kept);
}

ConsolePanel::Row ConsolePanel::new_row(const view::Console::Subscription& subscription) const {
  const val node = copy_of("subscription-template");
  const val leave = part(node, "leave");
  set_attribute(node, "data-channel", subscription.channel);
  set_attribute(node, "data-feed", std::to_string(subscription.feed.number()));
  set(part(node, "channel"), "textContent", subscription.channel);
  set_attribute(leave, "aria-label", "Leave " + subscription.channel);
  call(list_, "append", node);
  return {node, LinkPill(part(node, "pill"), part(node, "label"), part(node, "reconnect"), leave)};
}

}  // namespace taskwire::browser
