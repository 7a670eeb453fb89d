#include "http/publication.h"

#include <algorithm>

#include "http/json_body.h"
#include "http/media_type.h"
#include "http/split.h"
#include "resume/cursor.h"
#include "resume/limits.h"
#include "resume/topic.h"
#include "text/json_writer.h"
#include "text/utf8.h"

namespace taskwire::edge {
namespace {

Result<std::vector<std::string>> split_lines(std::string_view body) {
  std::vector<std::string> lines;
  for (int number = 1; !body.empty(); ++number) {
    auto line = take_part(body, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trim(line).empty()) continue;
    if (lines.size() == kMostBatchEvents)
      return refuse(Reason::invalid_batch, "A body has at most 1000 events. Send the others in another request.");
    lines.emplace_back(line);
    const auto in_line = [&](Problem problem) {
      problem.detail = "Line " + std::to_string(number) + ": " + problem.detail;
      return problem;
    };
    if (line.size() > kMostPayloadBytes)
      return tl::unexpected(in_line({Reason::payload_too_large, "An event carries at most 61,440 bytes."}));
    if (auto valid = check_json(lines.back()); !valid) return tl::unexpected(in_line(valid.error()));
  }
  if (lines.empty()) return refuse(Reason::invalid_batch, "Send at least one line of JSON.");
  return lines;
}

/// The data of each event that the body holds.
Result<std::vector<std::string>> parse_data(const HttpRequest& request, bool& is_batch) {
  if (request.body.empty() && !request.header("Content-Type"))
    return refuse(Reason::invalid_json, "Send the event's data as a JSON body.");
  const auto type = body_type(request, {"application/json", "text/plain", kNdjson});
  if (!type) return tl::unexpected(type.error());
  is_batch = *type == kNdjson;
  if (is_batch) return split_lines(request.body);
  if (request.body.size() > kMostPayloadBytes)
    return refuse(Reason::payload_too_large, "An event carries at most 61,440 bytes.");
  if (*type == "application/json") {
    if (auto valid = check_json(request.body); !valid) return tl::unexpected(valid.error());
  } else if (!is_utf8(request.body)) {
    return refuse(Reason::invalid_data, "Send the text in UTF-8.");
  }
  return std::vector{request.body};
}

}  // namespace

Result<std::string> idempotency_key(const HttpRequest& request) {
  const auto is_key = [](const auto& field) { return equals_ignoring_case(field.first, "Idempotency-Key"); };
  const auto count = std::count_if(request.headers.begin(), request.headers.end(), is_key);
  const auto key = request.header("Idempotency-Key").value_or("");
  if (count == 0) return std::string();
  if (count > 1 || !is_request_key(key))
    return refuse(Reason::invalid_request_id, "Idempotency-Key comes once, with 1 to 255 visible ASCII characters.");
  return std::string(key);
}

Result<Publication> parse_publication(const HttpRequest& request, const Target& target, const std::string& topic) {
  Publication publication;
  auto data = parse_data(request, publication.is_batch);
  if (!data) return tl::unexpected(data.error());
  auto key = idempotency_key(request);
  if (!key) return tl::unexpected(key.error());
  publication.request_id = std::move(*key);
  const auto type = target.parameter("event");
  if (!type) return tl::unexpected(type.error());
  if (*type && !is_event_type(**type)) {
    return refuse(Reason::invalid_event_type,
                  "event is [A-Za-z][A-Za-z0-9._-]{0,63} and no name that taskwire sends itself.");
  }
  const auto retry_ms = target.number("retry", kLeastRetryMs, kMostRetryMs, Reason::invalid_retry);
  if (!retry_ms) return tl::unexpected(retry_ms.error());
  for (auto& text : *data) {
    auto& event = publication.events.emplace_back();
    event.set_topic(topic);
    event.set_type(std::string(type->value_or("")));
    event.set_data(std::move(text));
    event.set_retry_ms(retry_ms->value_or(0));
  }
  return publication;
}

std::string published_json(std::string_view cursor) {
  std::string text;
  JsonWriter(text).begin_object().member("id", cursor).end_object();
  return text;
}

std::string published_json(std::string_view first, std::size_t count) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("ids").begin_array();
  auto cursor = parse_cursor(first).value_or(Cursor{});
  for (std::size_t i = 0; i < count; ++i, ++cursor.sequence) json.value(std::string_view(CursorText(cursor)));
  json.end_array().end_object();
  return text;
}

}  // namespace taskwire::edge
