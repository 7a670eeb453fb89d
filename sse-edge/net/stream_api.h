#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "http/stream_request.h"
#include "net/admission.h"
#include "net/api.h"

namespace taskwire::edge {

/// A stream that can be opened.
struct StreamOpening {
  StreamRequest request;
  bool is_task_known = false;  ///< As SseStream takes it.
};

/// Reads what stream is asked for. Where it is of one task, asks the engine about that first, for a second at most.
/// The answer where there is no stream to open: 204 where it is over, or a problem: what parse_stream_request says,
/// TOPIC_FORBIDDEN, TASK_NOT_FOUND.
boost::asio::awaitable<tl::expected<StreamOpening, HttpResponse>> prepare_stream(const ApiCall& call);

/// Takes places in `lease` for the people whose tasks or messages the stream carries. TOO_MANY_OF_USER.
[[nodiscard]] std::optional<Reason> join_people(Lease& lease, const StreamRequest& request);

/// Status and headers of a stream, which `header` asked for.
[[nodiscard]] std::string stream_head(const Services& services, const HttpRequest& header, bool keeps_alive);

/// What a stream without a place is: a long reconnection time, and the end.
[[nodiscard]] std::string come_back_later(bool is_chunked, std::chrono::milliseconds retry);

}  // namespace taskwire::edge
