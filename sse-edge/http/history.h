#pragma once

#include <string>

#include "http/problem.h"
#include "http/target.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::edge {

/// Reads the query of a page of history: `topic`, `after`, `limit` (1 to 256, 100 without). As parse_topics;
/// INVALID_CURSOR, INVALID_LIMIT, REPEATED_PARAMETER.
[[nodiscard]] Result<v1::ReadEventsRequest> parse_history_request(const Target& target);

/// `{"events":[{"id","type","topic","timestamp","data"}],"through","head"}`, `data` being the text that a stream
/// carries. CURSOR_EXPIRED where the engine refused the cursor.
[[nodiscard]] Result<std::string> history_json(const v1::ReadEventsResponse& page);

}  // namespace taskwire::edge
