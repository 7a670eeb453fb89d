#include "http/history.h"

#include "http/event_json.h"
#include "http/proto_time.h"
#include "http/stream_request.h"
#include "resume/cursor.h"
#include "text/json_writer.h"

namespace taskwire::edge {
namespace {

constexpr int kMostEvents = 256;
constexpr int kUsualEvents = 100;

std::string_view complaint(v1::ResetReason reason) {
  switch (reason) {
    case v1::RESET_REASON_EPOCH:
      return "The cursor belongs to another log.";
    case v1::RESET_REASON_AHEAD:
      return "The cursor lies beyond the log's head.";
    default:
      return "What followed the cursor is no longer kept.";
  }
}

void write(JsonWriter& json, const v1::Event& event) {
  const std::string data = event_data(event);
  json.begin_object()
      .member("id", event.cursor())
      .member("type", event_type(event))
      .member("topic", event.topic())
      .member("timestamp", time_text(event.time()))
      .member("data", data)
      .end_object();
}

}  // namespace

Result<v1::ReadEventsRequest> parse_history_request(const Target& target) {
  const auto topics = parse_topics(target);
  if (!topics) return tl::unexpected(topics.error());
  const auto after = target.parameter("after");
  if (!after) return tl::unexpected(after.error());
  if (*after && !parse_cursor(**after))
    return refuse(Reason::invalid_cursor,
                  "after is an id of an event or a cursor that was answered; leave it out for the oldest kept.");
  const auto limit = target.number("limit", 1, kMostEvents, Reason::invalid_limit);
  if (!limit) return tl::unexpected(limit.error());
  v1::ReadEventsRequest request;
  request.mutable_topics()->Assign(topics->begin(), topics->end());
  request.set_after(std::string(after->value_or("")));
  request.set_page_size(limit->value_or(kUsualEvents));
  return request;
}

Result<std::string> history_json(const v1::ReadEventsResponse& page) {
  if (page.has_reset()) {
    return refuse(Reason::cursor_expired,
                  std::string(complaint(page.reset().reason())) + " Ask without after for the oldest events kept.");
  }
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("events").begin_array();
  for (const auto& event : page.events()) write(json, event);
  json.end_array().member("through", page.through()).member("head", page.head()).end_object();
  return text;
}

}  // namespace taskwire::edge
