#include "http/event_json.h"

#include "http/task_json.h"

namespace taskwire::edge {

std::string_view event_type(const v1::Event& event) {
  return event.type().empty() ? std::string_view("message") : event.type();
}

std::string event_data(const v1::Event& event) {
  if (event.has_task()) return task_update_json(event);
  return event.has_task_deleted() ? task_deleted_json(event) : event.data();
}

}  // namespace taskwire::edge
