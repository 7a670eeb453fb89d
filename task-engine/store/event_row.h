#pragma once

#include <string>
#include <string_view>

#include "resume/cursor.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::engine {

/// The key of an event: its task, or nothing.
[[nodiscard]] inline std::string_view key_of(const v1::Event& event) {
  if (event.has_task()) return event.task().task_id();
  if (event.has_task_deleted()) return event.task_deleted().task_id();
  return {};
}

/// Fills in the cursors of an event, which stores keep without: its sequence is the row's, its epoch the log's. A
/// task's state was written when its event was.
inline void place(v1::Event& event, const Cursor& cursor) {
  event.set_cursor(to_string(cursor));
  if (!event.has_task()) return;
  event.mutable_task()->set_cursor(event.cursor());
  *event.mutable_task()->mutable_update_time() = event.time();
}

}  // namespace taskwire::engine
