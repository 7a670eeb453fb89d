#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "tasks/catalogue.h"
#include "taskwire/v1/task_service.pb.h"

namespace taskwire::engine {

/// The task that `request` asks for, QUEUED, without an id; what it leaves open is as its type says. Everything that
/// does not depend on the time is checked: `INVALID_USER_ID`, `INVALID_NAME`, `INVALID_NOT_BEFORE`,
/// `INVALID_TIME_LIMIT`, `INVALID_MAX_ATTEMPTS`, the errors of Catalogue::check, and with and without `claim` those
/// below.
[[nodiscard]] Result<v1::Task> make_task(const Catalogue& catalogue, const v1::StartTaskRequest& request);

/// `CLAIM_REQUIRED`: tasks of that type are done by their caller, who has to claim them.
[[nodiscard]] Result<void> check_needs_no_claim(const std::string& name, const Catalogue::Type& type);

/// Whether a caller may do a task of that type: `TYPE_BUILT_IN`, `INVALID_WORKER`.
[[nodiscard]] Result<void> check_claim(const std::string& name, const Catalogue::Type& type, const std::string& worker);

/// `INVALID_WORKER`, where that is no worker's name.
[[nodiscard]] Result<void> check_worker(const std::string& worker, bool may_be_empty);

/// Takes a `not_before` that is past out of a new task; `INVALID_NOT_BEFORE`: it is more than 10 years ahead.
[[nodiscard]] Result<void> settle_not_before(v1::Task& task, SystemTime now);

}  // namespace taskwire::engine
