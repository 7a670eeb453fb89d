#pragma once

#include "http/problem.h"
#include "http/routes.h"
#include "http/target.h"
#include "taskwire/v1/task_service.pb.h"

namespace taskwire::edge {

/// Reads the query of a list of tasks: `status`, `pageSize` (1 to 1000; without it the engine's own), `pageToken`.
/// INVALID_STATUS, INVALID_PAGE_SIZE, INVALID_PAGE_TOKEN (the engine refuses most of these), REPEATED_PARAMETER.
[[nodiscard]] Result<v1::ListTasksRequest> parse_task_query(const Target& target, const Route& route);

}  // namespace taskwire::edge
