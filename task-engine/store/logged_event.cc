#include "store/logged_event.h"

#include <algorithm>
#include <new>
#include <type_traits>
#include <utility>

#include "base/wire.h"
#include "store/plain_event.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostBlockBytes = std::size_t{64} << 10;

constexpr std::size_t words(std::size_t bytes) {
  return (bytes + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t);
}

/// What a task says of its place beside its event, as the event itself does.
std::size_t place_size(std::string_view cursor, std::string_view time) {
  return field_size(v1::Task::kCursorFieldNumber, cursor.size()) +
         field_size(v1::Task::kUpdateTimeFieldNumber, time.size());
}

void add_task(std::string& to, std::string_view task, std::string_view cursor, std::string_view time) {
  begin_field(to, v1::Event::kTaskFieldNumber, task.size() + place_size(cursor, time));
  to.append(task);
  add_field(to, v1::Task::kCursorFieldNumber, cursor);
  add_field(to, v1::Task::kUpdateTimeFieldNumber, time);
}

}  // namespace

EventDraft::EventDraft(v1::Event event)
    : topic(event.topic()), key(key_of(event)), is_deletion(event.has_task_deleted()) {
  event.clear_cursor();
  event.clear_time();
  if (event.has_task()) {
    event.mutable_task()->clear_cursor();
    event.mutable_task()->clear_update_time();
    task = event.task().SerializeAsString();
    event.clear_task();
  }
  bytes = event.SerializeAsString();
}

v1::Event LoggedEvent::parse() const {
  v1::Event event;
  (void)read_message(bytes, event);
  return event;
}

EventPtr EventKeeper::keep(const LoggedEvent& event) {
  static_assert(std::is_trivially_destructible_v<LoggedEvent> && alignof(LoggedEvent) == alignof(Word));
  auto [block, room] = take(words(sizeof(LoggedEvent) + event.topic.size() + event.key.size() + event.bytes.size()));
  auto* const kept = new (room) LoggedEvent(event);
  auto* text = reinterpret_cast<char*>(kept + 1);
  for (auto* const part : {&kept->topic, &kept->key, &kept->bytes}) {
    std::copy(part->begin(), part->end(), text);
    *part = {text, part->size()};
    text += part->size();
  }
  return {std::move(block), kept};
}

std::pair<EventKeeper::Block, EventKeeper::Word*> EventKeeper::take(std::size_t count) {
  constexpr auto kMost = words(kMostBlockBytes);
  if (count > kMost / 4) {  // it would leave much of a block over
    auto own = std::make_shared_for_overwrite<Word[]>(count);
    return {own, own.get()};
  }
  if (size_ - used_ < count) {
    // An event alone gets what it needs, and of many little is left over.
    const auto size = std::max(count, std::min(kept_ / 2, kMost));
    block_ = std::make_shared_for_overwrite<Word[]>(size);
    size_ = size;
    used_ = 0;
  }
  auto* const room = block_.get() + used_;
  used_ += count;
  kept_ += count;
  return {block_, room};
}

std::string_view key_of(const v1::Event& event) {
  if (event.has_task()) return event.task().task_id();
  if (event.has_task_deleted()) return event.task_deleted().task_id();
  return {};
}

void write_stored(const NewEvent& event, std::string_view time, std::string& to) {
  to = event.bytes;
  add_field(to, v1::Event::kTimeFieldNumber, time);
  if (!event.task.empty()) add_field(to, v1::Event::kTaskFieldNumber, event.task);
}

std::size_t stored_size(const NewEvent& event, std::string_view time) {
  return event.bytes.size() + field_size(v1::Event::kTimeFieldNumber, time.size()) +
         (event.task.empty() ? 0 : field_size(v1::Event::kTaskFieldNumber, event.task.size()));
}

void write_logged(const NewEvent& event, const Cursor& cursor, std::string_view time, std::string& to) {
  const CursorText text(cursor);
  to = event.bytes;
  add_field(to, v1::Event::kTimeFieldNumber, time);
  if (!event.task.empty()) add_task(to, event.task, text, time);
  add_field(to, v1::Event::kCursorFieldNumber, text);
}

void write_logged(std::string_view stored, const PlainEvent& event, const Cursor& cursor, std::string& to) {
  const CursorText text(cursor);
  to = stored;
  if (event.task) {
    const auto [at, whole, task] = *event.task;
    to.resize(at);
    add_task(to, task, text, event.time);
    to.append(stored.substr(at + whole));
  }
  add_field(to, v1::Event::kCursorFieldNumber, text);
}

void place(v1::Event& event, const Cursor& cursor) {
  event.set_cursor(to_string(cursor));
  if (!event.has_task()) return;
  event.mutable_task()->set_cursor(event.cursor());
  *event.mutable_task()->mutable_update_time() = event.time();
}

}  // namespace taskwire::engine
