#include "store/logged_event.h"

#include <utility>

#include "base/wire.h"

namespace taskwire::engine {
namespace {

/// Room for what an append adds to an event without a task: a time, and a cursor of the longest kind.
constexpr std::size_t kPlaceBytes = 64;

}  // namespace

NewEvent::NewEvent(v1::Event event) : topic(event.topic()), key(key_of(event)), is_deletion(event.has_task_deleted()) {
  event.clear_cursor();
  event.clear_time();
  if (event.has_task()) {
    event.mutable_task()->clear_cursor();
    event.mutable_task()->clear_update_time();
  }
  bytes.reserve(event.ByteSizeLong() + kPlaceBytes);
  event.AppendToString(&bytes);
}

v1::Event LoggedEvent::parse() const {
  v1::Event event;
  event.ParseFromString(bytes);
  return event;
}

std::string_view key_of(const v1::Event& event) {
  if (event.has_task()) return event.task().task_id();
  if (event.has_task_deleted()) return event.task_deleted().task_id();
  return {};
}

void place(v1::Event& event, const Cursor& cursor) {
  event.set_cursor(to_string(cursor));
  if (!event.has_task()) return;
  event.mutable_task()->set_cursor(event.cursor());
  *event.mutable_task()->mutable_update_time() = event.time();
}

void place(std::string& bytes, const Cursor& cursor, bool is_task, const google::protobuf::Timestamp& time) {
  const auto text = to_string(cursor);
  add_field(bytes, v1::Event::kCursorFieldNumber, text);
  if (!is_task) return;
  v1::Task task;
  task.set_cursor(text);
  *task.mutable_update_time() = time;
  add_field(bytes, v1::Event::kTaskFieldNumber, task.SerializeAsString());
}

}  // namespace taskwire::engine
