#pragma once

#include <string>

#include "http/problem.h"
#include "taskwire/v1/task_service.pb.h"

namespace taskwire::edge {

/// The body of "start a task", `{"type","taskName","params","notBefore","timeLimitMs","maxAttempts","claim","worker"}`,
/// all optional. An empty body counts as `{}`. As parse_members; INVALID_NOT_BEFORE: it is no RFC 3339 time;
/// INVALID_MAX_ATTEMPTS: it is no number of attempts. The engine judges the rest.
[[nodiscard]] Result<v1::StartTaskRequest> parse_start_body(const std::string& body);

/// The body of "run a task once more", `{"claim","worker"}`, both optional. As above.
[[nodiscard]] Result<v1::RetryTaskRequest> parse_retry_body(const std::string& body);

}  // namespace taskwire::edge
