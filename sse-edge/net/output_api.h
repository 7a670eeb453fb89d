#pragma once

#include <boost/asio/awaitable.hpp>
#include <tl/expected.hpp>

#include "net/api.h"

namespace taskwire::edge {

/// What a task printed, as `text/plain`: what is kept of its last attempt, or of the one that is asked for. A range of
/// it (RFC 9110, 14) once that has ended. TASK_NOT_FOUND; as parse_output_request and EngineClient.
boost::asio::awaitable<HttpResponse> read_output(const ApiCall& call);

/// Reads which stream of output is asked for, and asks the engine about it, for a second at most. The answer where
/// there is no stream to open: 204 where who asks has its end, or a problem: as above.
boost::asio::awaitable<tl::expected<v1::ReadOutputRequest, HttpResponse>> prepare_output(const ApiCall& call);

}  // namespace taskwire::edge
