#include "browser/log_panel.h"

#include <string>

namespace taskwire::browser {

LogPanel::LogPanel()
    : rows_(element("log"), "log-template"),
      pressed_(element("pause"), "aria-pressed"),
      empty_hidden_(element("log-empty"), "hidden"),
      pause_(element("pause")) {}

void LogPanel::draw(const view::EventLog& log) {
  pressed_.set(log.is_paused() ? "true" : "false");
  const auto held_back = log.held_back();
  pause_.set(held_back > 0 ? "Paused, +" + std::to_string(held_back) + " new" : log.is_paused() ? "Paused" : "Pause");
  rows_.draw(log);
  empty_hidden_.toggle(!rows_.is_empty());
}

}  // namespace taskwire::browser
