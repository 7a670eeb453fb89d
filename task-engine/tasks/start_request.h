#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "tasks/catalogue.h"
#include "taskwire/v1/task_service.pb.h"

namespace taskwire::engine {

/// The task that `request` asks for, QUEUED, without an id; what it leaves open is as its type says. Everything that
/// does not depend on the time is checked: `INVALID_USER_ID`, `INVALID_NAME`, `INVALID_NOT_BEFORE`,
/// `INVALID_TIME_LIMIT`, `INVALID_MAX_ATTEMPTS`, and the errors of Catalogue::check.
[[nodiscard]] Result<v1::Task> make_task(const Catalogue& catalogue, const v1::StartTaskRequest& request);

/// Takes a `not_before` that is past out of a new task; `INVALID_NOT_BEFORE`: it is more than 10 years ahead.
[[nodiscard]] Result<void> settle_not_before(v1::Task& task, SystemTime now);

}  // namespace taskwire::engine
