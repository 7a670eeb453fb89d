#pragma once

#include "base/ids.h"
#include "log/event_log.h"
#include "log/store_reads.h"
#include "tasks/catalogue.h"
#include "tasks/scheduler.h"
#include "tasks/transitions.h"
#include "taskwire/v1/task_service.pb.h"

namespace taskwire::engine {

/// The commands and questions of TaskService; errors are those that the proto names. `done` is called on the writing
/// thread, on a reader's, or at once on the caller's. Thread-safe.
class Tasks {
 public:
  /// What tasks work with; all of it must outlive them.
  struct Means {
    EventLog& log;
    const Catalogue& catalogue;
    Scheduler& scheduler;
    StoreReads& reads;
    Random random;
  };

  explicit Tasks(Means means) : means_(std::move(means)) {}

  /// Settles what the last run, which ended in that way, left under way, in one transaction. Before the log is started.
  [[nodiscard]] Result<void> recover(Stop stop);
  /// The same, on a log that is started, while nothing runs.
  void settle(Stop stop, Done<void> done);

  void start(const v1::StartTaskRequest& request, Done<v1::StartTaskResponse> done);
  void get(const v1::GetTaskRequest& request, Done<v1::GetTaskResponse> done, StoreReads::IsGone is_gone = {});
  void list(const v1::ListTasksRequest& request, Done<v1::ListTasksResponse> done, StoreReads::IsGone is_gone = {});
  void cancel(const v1::CancelTaskRequest& request, Done<v1::CancelTaskResponse> done);
  void retry(const v1::RetryTaskRequest& request, Done<v1::RetryTaskResponse> done);
  void remove(const v1::DeleteTaskRequest& request, Done<v1::DeleteTaskResponse> done);

 private:
  Means means_;
};

}  // namespace taskwire::engine
