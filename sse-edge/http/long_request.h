#pragma once

#include <string>

#include "http/message.h"
#include "http/problem.h"
#include "http/routes.h"
#include "taskwire/v1/task.pb.h"
#include "taskwire/v1/task_service.pb.h"

namespace taskwire::edge {

/// The task that a long request runs for the person in its path: ten attempts, or a countdown to an object, the body
/// where there is one. As check_no_body, parse_object and idempotency_key; INVALID_REQUEST_ID also for a key of more
/// than 239 characters, since the method and the path are put before it; PAYLOAD_TOO_LARGE where the object is more
/// than a message carries.
[[nodiscard]] Result<v1::StartTaskRequest> parse_long_request(const HttpRequest& request, const Route& route);

/// The answer when the task has ended: `{"message","data"}`; TASK_FAILED, TASK_CANCELLED, PAYLOAD_TOO_LARGE.
[[nodiscard]] HttpResponse long_answer(const v1::Task& task);

/// Where the task is to be looked at, for the caller who sent `request`: a relative reference.
[[nodiscard]] std::string task_location(const HttpRequest& request, const v1::Task& task);

}  // namespace taskwire::edge
