#include "hub/event.h"

#include "hub/json_writer.h"
#include "hub/task_json.h"

namespace taskwire::edge {
namespace {

std::string_view reason_name(v1::ResetReason reason) {
  switch (reason) {
    case v1::RESET_REASON_EXPIRED:
      return "expired";
    case v1::RESET_REASON_EPOCH:
      return "epoch";
    case v1::RESET_REASON_AHEAD:
      return "ahead";
    case v1::RESET_REASON_MALFORMED:
      return "malformed";
    default:
      return "start";
  }
}

std::string event_block(const v1::Event& event, WithId with_id, const std::string& data) {
  std::string sse;
  sse.reserve(data.size() + event.cursor().size() + event.type().size() + 48);
  append_block(sse, {with_id == WithId::yes ? std::string_view(event.cursor()) : std::string_view(), event.type(),
                     event.retry_ms(), data});
  return sse;
}

EventPtr task_event(Sequence sequence, const v1::Event& event, WithId with_id) {
  const bool is_deletion = event.has_task_deleted();
  const std::string data = is_deletion ? task_deleted_json(event) : task_update_json(event);
  return std::make_shared<const Event>(
      Event{sequence, event.topic(), is_deletion ? event.task_deleted().task_id() : event.task().task_id(), is_deletion,
            is_deletion || has_ended(event.task().state()), Frame(event_block(event, with_id, data))});
}

FramePtr make_frame(const SseBlock& block) {
  std::string sse;
  append_block(sse, block);
  return std::make_shared<const Frame>(sse);
}

}  // namespace

EventPtr make_event(const v1::Event& event, WithId with_id) {
  const auto cursor = parse_cursor(event.cursor());
  if (!cursor) return nullptr;
  if (event.has_task() || event.has_task_deleted()) return task_event(cursor->sequence, event, with_id);
  return std::make_shared<const Event>(
      Event{cursor->sequence, event.topic(), {}, false, false, Frame(event_block(event, with_id, event.data()))});
}

PagePtr make_page(const v1::ReadEventsResponse& response, bool state) {
  auto page = std::make_shared<Page>();
  const auto head = parse_cursor(response.head());
  if (!head) return nullptr;
  page->head = *head;
  if (response.has_reset()) {
    page->reset = response.reset().reason();
    return page;
  }
  const auto through = parse_cursor(response.through());
  page->until = parse_cursor(response.until());
  if (!through || (state && !page->until)) return nullptr;
  page->through = *through;
  page->skipped = response.skipped();
  page->events.reserve(static_cast<std::size_t>(response.events_size()));
  for (const auto& event : response.events()) {
    page->events.push_back(make_event(event, state ? WithId::no : WithId::yes));
    if (!page->events.back()) return nullptr;
  }
  return page;
}

FramePtr id_frame(const Cursor& cursor) {
  return make_frame({.id = to_string(cursor)});
}

FramePtr reset_frame(v1::ResetReason reason, const std::string& client_cursor) {
  std::string data;
  JsonWriter json(data);
  json.begin_object().member("reason", reason_name(reason));
  const bool tells_cursor =
      reason != v1::RESET_REASON_START && reason != v1::RESET_REASON_MALFORMED && !client_cursor.empty();
  if (tells_cursor) json.member("cursor", client_cursor);
  json.end_object();
  return make_frame({.event = "reset", .data = data});
}

FramePtr synced_frame(const Cursor& cursor) {
  const std::string id = to_string(cursor);
  std::string data;
  JsonWriter(data).begin_object().member("cursor", id).end_object();
  return make_frame({.id = id, .event = "synced", .data = data});
}

FramePtr skipped_frame(const Cursor& from, const Cursor& to) {
  std::string data;
  JsonWriter(data)
      .begin_object()
      .member("reason", "lagged")
      .member("from", to_string(from))
      .member("to", to_string(to))
      .end_object();
  return make_frame({.event = "skipped", .data = data});
}

FramePtr heartbeat_frame(const std::optional<Cursor>& id, const std::string& timestamp, std::int64_t interval_ms) {
  const std::string text = id ? to_string(*id) : std::string();
  std::string data;
  JsonWriter(data).begin_object().member("timestamp", timestamp).member("intervalMs", interval_ms).end_object();
  return make_frame({.id = text, .event = "heartbeat", .data = data});
}

}  // namespace taskwire::edge
