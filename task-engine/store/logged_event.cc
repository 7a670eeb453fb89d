#include "store/logged_event.h"

#include <cstdint>
#include <google/protobuf/wire_format_lite.h>
#include <optional>
#include <utility>

#include "base/wire.h"

namespace taskwire::engine {
namespace {

/// Room for a time and a cursor of the longest kind, with their tags.
constexpr std::size_t kPlaceBytes = 64;

struct Field {
  std::size_t at;     // in its message
  std::size_t whole;  // bytes, with tag and length
  std::string_view bytes;
};

/// A length-delimited field of a message that was parsed; nothing where it is there more than once, or not at all.
std::optional<Field> wire_field(std::string_view message, int number) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(message.data()),
                                            static_cast<int>(message.size()));
  std::optional<Field> found;
  for (;;) {
    const auto at = static_cast<std::size_t>(in.CurrentPosition());
    const auto tag = in.ReadTag();
    if (tag == 0) return found;
    if (tag != WireFormatLite::MakeTag(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED)) {
      if (!WireFormatLite::SkipField(&in, tag)) return std::nullopt;
      continue;
    }
    std::uint32_t size = 0;
    if (found || !in.ReadVarint32(&size)) return std::nullopt;
    const auto from = static_cast<std::size_t>(in.CurrentPosition());
    if (!in.Skip(static_cast<int>(size))) return std::nullopt;
    found = Field{at, from + size - at, message.substr(from, size)};
  }
}

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

std::string place(std::string_view stored, const v1::Event& parsed, const Cursor& cursor) {
  const CursorText text(cursor);
  std::string bytes;
  bytes.reserve(stored.size() + 3 * kPlaceBytes);
  if (!parsed.has_task()) {
    bytes = stored;
  } else {
    const auto task = wire_field(stored, v1::Event::kTaskFieldNumber);
    if (!task || parsed.task().has_update_time() || !parsed.task().cursor().empty()) {
      auto event = parsed;
      place(event, cursor);
      return event.SerializeAsString();
    }
    const auto time = parsed.time().SerializeAsString();
    const auto [at, whole, inner] = *task;
    bytes.append(stored.substr(0, at));
    begin_field(bytes, v1::Event::kTaskFieldNumber, inner.size() + place_size(text, time));
    bytes.append(inner);
    add_place(bytes, text, time);
    bytes.append(stored.substr(at + whole));
  }
  add_field(bytes, v1::Event::kCursorFieldNumber, text);
  return bytes;
}

void place(v1::Event& event, const Cursor& cursor) {
  event.set_cursor(to_string(cursor));
  if (!event.has_task()) return;
  event.mutable_task()->set_cursor(event.cursor());
  *event.mutable_task()->mutable_update_time() = event.time();
}

}  // namespace taskwire::engine
