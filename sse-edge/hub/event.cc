#include "hub/event.h"

#include "http/event_json.h"
#include "http/heart_rate.h"
#include "http/proto_time.h"
#include "http/task_json.h"
#include "text/json_writer.h"

namespace taskwire::edge {
namespace {

Frame event_frame(const v1::Event& event, WithId with_id, std::string_view data, int retry_ms) {
  std::string sse;
  sse.reserve(data.size() + event.cursor().size() + event.type().size() + 48);
  const std::string_view id = with_id == WithId::yes ? std::string_view(event.cursor()) : std::string_view();
  append_block(sse, {id, event.type(), retry_ms, data});
  return Frame(sse);
}

/// In the order of Projection.
std::vector<Frame> projections(const v1::Event& event, WithId with_id) {
  std::vector<Frame> frames;
  if (event.topic() != kHeartRateTopic) return frames;
  if (const auto rate = heart_rate(event.data())) {
    frames.push_back(event_frame(event, with_id, heart_rate_text(*rate), event.retry_ms()));
    frames.push_back(event_frame(event, with_id, std::to_string(*rate), kHeartRateRetryMs));
  }
  return frames;
}

FramePtr make_frame(const SseBlock& block) {
  std::string sse;
  append_block(sse, block);
  return std::make_shared<const Frame>(sse);
}

}  // namespace

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

std::size_t Event::size() const {
  std::size_t bytes = sizeof(Event) + whole.chunk().size();
  for (const auto& projection : projections) bytes += projection.chunk().size();
  return bytes;
}

EventPtr make_event(const v1::Event& event, WithId with_id) {
  const auto cursor = parse_cursor(event.cursor());
  if (!cursor) return nullptr;
  const bool is_deletion = event.has_task_deleted();
  return std::make_shared<const Event>(Event{cursor->sequence, event.topic(), std::string(event_type(event)),
                                             is_deletion ? event.task_deleted().task_id() : event.task().task_id(),
                                             is_deletion, is_deletion || has_ended(event.task().state()),
                                             event_frame(event, with_id, event_data(event), event.retry_ms()),
                                             projections(event, with_id), to_time(event.time())});
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

FramePtr person_heartbeat_frame(const std::optional<Cursor>& id) {
  return make_frame({.id = id ? to_string(*id) : std::string(), .data = "<3: Keep alive"});
}

}  // namespace taskwire::edge
