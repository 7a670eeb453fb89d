#pragma once

#include "base/error.h"
#include "store/store.h"
#include "taskwire/v1/task_service.pb.h"

namespace taskwire::engine {

/// Answers ListTasks. A page may be shorter than asked for, so that it fits one message; `next_page_token` counts. The
/// errors are those of the proto, and `STORE_FAILED`.
[[nodiscard]] Result<v1::ListTasksResponse> list_tasks(ReadTransaction& reader, const v1::ListTasksRequest& request);

}  // namespace taskwire::engine
