#pragma once

#include "http/message.h"
#include "http/problem.h"
#include "http/target.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::edge {

/// Which output a request asks for: `attempt`, and of a stream where it starts: the header `Last-Event-ID`, or
/// `lastEventId`, or `from=end`; else the beginning. INVALID_FROM, INVALID_LIMIT, REPEATED_PARAMETER. A malformed id is
/// no error: the stream tells it by a reset.
[[nodiscard]] Result<v1::ReadOutputRequest> parse_output_request(const HttpRequest& request, const Target& target,
                                                                 const std::string& user_id,
                                                                 const std::string& task_id);

}  // namespace taskwire::edge
