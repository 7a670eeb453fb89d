#pragma once

#include <string>

#include "net/api.h"

namespace taskwire::edge {

// The answers about events; each path is in the table of routes.h. Each may also be what the engine refuses or what
// EngineClient says of a call without an answer: ENGINE_UNAVAILABLE of a read, UNKNOWN_OUTCOME of a write,
// TOO_MANY_CALLS.

/// Publishes what the body says to `topic`, which is one: 202 with the id, or the ids of a batch, after the commit.
/// What parse_publication says; TOPIC_READ_ONLY where the caller may not write there.
boost::asio::awaitable<HttpResponse> publish(const ApiCall& call, std::string topic);

/// A page of what is kept: 200. What parse_history_request says; TOPIC_FORBIDDEN; CURSOR_EXPIRED.
boost::asio::awaitable<HttpResponse> read_history(const ApiCall& call);

/// Publishes a pulse: 202 with its id, after the commit. UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED_CONTENT_CODING,
/// INVALID_JSON, INVALID_REQUEST_ID; INVALID_DATA of a body that is no pulse.
boost::asio::awaitable<HttpResponse> record_pulse(const ApiCall& call);

/// Statistics of all pulses that are kept, read in as many pages as it takes: 200. Begins anew where the log was
/// replaced or trimmed meanwhile.
boost::asio::awaitable<HttpResponse> pulse_statistics(const ApiCall& call);

}  // namespace taskwire::edge
