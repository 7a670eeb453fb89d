#pragma once

#include <string>

#include "hub/event.h"

namespace taskwire::edge {

/// Events as an engine would send them, for tests.
inline v1::Event published(const std::string& epoch, Sequence sequence, const std::string& topic,
                           const std::string& data = "x") {
  v1::Event event;
  event.set_cursor(to_string(Cursor{epoch, sequence}));
  event.set_topic(topic);
  event.set_data(data);
  return event;
}

inline v1::Event task_update(const std::string& epoch, Sequence sequence, const std::string& user,
                             const std::string& task, v1::TaskState state = v1::TASK_STATE_RUNNING) {
  v1::Event event;
  event.set_cursor(to_string(Cursor{epoch, sequence}));
  event.set_topic("tasks/" + user);
  event.set_type("taskUpdate");
  event.mutable_task()->set_task_id(task);
  event.mutable_task()->set_user_id(user);
  event.mutable_task()->set_state(state);
  event.mutable_task()->set_cursor(event.cursor());
  return event;
}

inline v1::Event task_deleted(const std::string& epoch, Sequence sequence, const std::string& user,
                              const std::string& task) {
  v1::Event event;
  event.set_cursor(to_string(Cursor{epoch, sequence}));
  event.set_topic("tasks/" + user);
  event.set_type("taskDeleted");
  event.mutable_task_deleted()->set_task_id(task);
  event.mutable_task_deleted()->set_user_id(user);
  return event;
}

}  // namespace taskwire::edge
