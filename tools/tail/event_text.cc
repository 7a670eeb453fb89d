#include "tail/event_text.h"

#include "tail/bar.h"

namespace taskwire::tail {

std::string event_text(const SseEvent& event, const view::Message& message, view::Time server_now, Style style) {
  if (const auto* const task = std::get_if<view::Task>(&message)) return task_text(*task, server_now);
  if (std::holds_alternative<view::Other>(message))
    return coloured(printable(event.type), "1", style) + "  " + printable(event.data);
  return coloured(printable(view::summary_of(message, {event.type, event.last_event_id, event.data})), "2", style);
}

}  // namespace taskwire::tail
