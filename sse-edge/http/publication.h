#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/problem.h"
#include "http/target.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::edge {

/// The media type of a body that publishes several events, one a line.
inline constexpr std::string_view kNdjson = "application/x-ndjson";

/// What a request asks to publish.
struct Publication {
  std::vector<v1::PublishRequest> events;  ///< At least one.
  bool is_batch = false;                   ///< The answer names ids, not an id.
  std::string request_id;
};

/// Reads a POST that publishes to `topic`: a JSON body is the data as it is, `text/plain` too, of NDJSON each line that
/// is not blank; query `event` and `retry`; header `Idempotency-Key`. The rest is the engine's to judge.
/// UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED_CONTENT_CODING, INVALID_JSON, INVALID_DATA (text that is not UTF-8),
/// PAYLOAD_TOO_LARGE, INVALID_BATCH, INVALID_EVENT_TYPE, INVALID_RETRY, REPEATED_PARAMETER, INVALID_REQUEST_ID.
[[nodiscard]] Result<Publication> parse_publication(const HttpRequest& request, const Target& target,
                                                    const std::string& topic);

/// The key that makes repeating safe; empty where there is none. INVALID_REQUEST_ID unless it comes once and
/// is_request_key.
[[nodiscard]] Result<std::string> idempotency_key(const HttpRequest& request);

/// `{"id":…}`.
[[nodiscard]] std::string published_json(std::string_view cursor);
/// `{"ids":[…]}` of a batch of `count` events, the first of which is at `first`; each next one has the next sequence.
[[nodiscard]] std::string published_json(std::string_view first, std::size_t count);

}  // namespace taskwire::edge
