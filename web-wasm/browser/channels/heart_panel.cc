#include "browser/channels/heart_panel.h"

#include <string>

#include "view/plot.h"

namespace taskwire::browser {
namespace {

const char* name_of(view::Pattern pattern) {
  switch (pattern) {
    case view::Pattern::words:
      return "Words";
    case view::Pattern::json:
      return "JSON";
    case view::Pattern::number:
      return "Number";
  }
  return "";
}

}  // namespace

HeartPanel::HeartPanel(const view::HeartRate& heart_rate)
    : node_(copy_of("heart-template")),
      toggle_(part(node_, "toggle")),
      value_(part(node_, "value")),
      cursor_(part(node_, "cursor")),
      text_(part(node_, "text")),
      pill_(part(node_, "pill"), part(node_, "label"), part(node_, "reconnect"), toggle_.node()),
      toggle_label_(toggle_.node(), "aria-label"),
      plot_label_(part(node_, "plot"), "aria-label"),
      points_(part(node_, "line"), "points"),
      rows_(part(node_, "readings"), "reading-template") {
  const std::string name = name_of(heart_rate.pattern());
  set_attribute(node_, "aria-label", "Heart rate as " + name);
  set_attribute(node_, "data-feed", std::to_string(heart_rate.feed().number()));
  set_attribute(node_, "data-pattern", std::to_string(static_cast<int>(heart_rate.pattern())));
  set_attribute(part(node_, "region"), "aria-label", "Readings as " + name);
  set(part(node_, "name"), "textContent", name);
  set(part(node_, "path"), "textContent", heart_rate.feed().source().path);
  if (heart_rate.pattern() == view::Pattern::number) {
    Text(part(node_, "hint")).set_or_hide("Its events ask the browser to wait for 60 s before it reconnects.");
  }
  call(element("hearts"), "append", node_);
}

void HeartPanel::draw(const view::HeartRate& heart_rate, view::Time now) {
  const auto& feed = heart_rate.feed();
  const bool is_stopped = feed.connection().state() == view::Connection::State::disconnected;
  pill_.draw(feed.connection(), now);
  toggle_.set(is_stopped ? "Start" : "Stop");
  toggle_label_.set((is_stopped ? "Start " : "Stop ") + feed.source().path);
  const auto readings = heart_rate.readings();
  const auto plot = view::plot(readings);
  value_.set(readings.empty() ? "none" : std::to_string(readings.back()) + " bpm");
  cursor_.set(feed.status().cursor.empty() ? "none" : feed.status().cursor);
  text_.set(plot.text);
  plot_label_.set("Plot: " + plot.text);
  points_.set(plot.points);
  rows_.draw(heart_rate.log());
}

}  // namespace taskwire::browser
