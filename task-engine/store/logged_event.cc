#include "store/logged_event.h"

#include <utility>

#include "base/wire.h"
#include "store/plain_event.h"

namespace taskwire::engine {
namespace {

/// Room for a time and a cursor of the longest kind, with their tags.
constexpr std::size_t kPlaceBytes = 64;

/// What a task says of its place beside its event, as the event itself does.
std::size_t place_size(std::string_view cursor, std::string_view time) {
  return field_size(v1::Task::kCursorFieldNumber, cursor.size()) +
         field_size(v1::Task::kUpdateTimeFieldNumber, time.size());
}
void add_place(std::string& task, std::string_view cursor, std::string_view time) {
  add_field(task, v1::Task::kCursorFieldNumber, cursor);
  add_field(task, v1::Task::kUpdateTimeFieldNumber, time);
}

}  // namespace

NewEvent::NewEvent(v1::Event event) : topic(event.topic()), key(key_of(event)), is_deletion(event.has_task_deleted()) {
  event.clear_cursor();
  event.clear_time();
  if (event.has_task()) {
    event.mutable_task()->clear_cursor();
    event.mutable_task()->clear_update_time();
    task = event.task().SerializeAsString();
    event.clear_task();
  }
  bytes.reserve(event.ByteSizeLong() + kPlaceBytes + (task.empty() ? 0 : task.size() + 2 * kPlaceBytes));
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

void set_time(NewEvent& event, std::string_view time) {
  add_field(event.bytes, v1::Event::kTimeFieldNumber, time);
}

std::string with_task(const NewEvent& event) {
  std::string bytes;
  bytes.reserve(event.bytes.size() + field_size(v1::Event::kTaskFieldNumber, event.task.size()));
  bytes = event.bytes;
  add_field(bytes, v1::Event::kTaskFieldNumber, event.task);
  return bytes;
}

LoggedEvent place(NewEvent event, const Cursor& cursor, std::string_view time) {
  const CursorText text(cursor);
  if (!event.task.empty()) {
    add_place(event.task, text, time);
    add_field(event.bytes, v1::Event::kTaskFieldNumber, event.task);
  }
  add_field(event.bytes, v1::Event::kCursorFieldNumber, text);
  return {cursor.sequence, std::move(event.topic), std::move(event.key), event.is_deletion, std::move(event.bytes)};
}

LoggedEvent place(std::string_view stored, const PlainEvent& event, const Cursor& cursor) {
  const CursorText text(cursor);
  std::string bytes;
  bytes.reserve(stored.size() + 3 * kPlaceBytes);
  if (event.task) {
    const auto [at, whole, task] = *event.task;
    bytes.append(stored.substr(0, at));
    begin_field(bytes, v1::Event::kTaskFieldNumber, task.size() + place_size(text, event.time));
    bytes.append(task);
    add_place(bytes, text, event.time);
    bytes.append(stored.substr(at + whole));
  } else {
    bytes.append(stored);
  }
  add_field(bytes, v1::Event::kCursorFieldNumber, text);
  return {cursor.sequence, std::string(event.topic), std::string(event.key), event.is_deletion, std::move(bytes)};
}

void place(v1::Event& event, const Cursor& cursor) {
  event.set_cursor(to_string(cursor));
  if (!event.has_task()) return;
  event.mutable_task()->set_cursor(event.cursor());
  *event.mutable_task()->mutable_update_time() = event.time();
}

}  // namespace taskwire::engine
