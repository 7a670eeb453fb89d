#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/ids.h"
#include "log/event_log.h"
#include "output/output_reads.h"
#include "tasks/catalogue.h"
#include "tasks/scheduler.h"
#include "taskwire/v1/task_service.pb.h"
#include "taskwire/v1/worker_service.pb.h"
#include "work/lease_keeper.h"
#include "work/leased_work.h"

namespace taskwire::engine {

/// The commands of WorkerService, and those of TaskService by which a caller does the work itself; errors are those
/// that the protos name. `done` is called on the writing thread, on that of the timers, or at once on the caller's.
/// Thread-safe.
class Workers {
 public:
  /// What it works with; all of it must outlive it.
  struct Means {
    EventLog& log;
    Catalogue& catalogue;
    Scheduler& scheduler;
    LeasedWork& work;
    LeaseKeeper& leases;
    Presence& presence;
    OutputReads& output;
    OutputLimits output_limits;
    const Clock& clock;
    Random random;
  };

  /// A task that its caller begins, as it is written.
  struct Begun {
    std::string token;
    Leases::Ptr lease;  ///< Null where it was begun before.
  };

  explicit Workers(Means means) : means_(std::move(means)) {}

  void register_type(const v1::RegisterTypeRequest& request, Done<v1::RegisterTypeResponse> done);
  void delete_type(const v1::DeleteTypeRequest& request, Done<v1::DeleteTypeResponse> done);
  /// The types that there are, with who is there for them.
  [[nodiscard]] v1::ListTaskTypesResponse list_types();

  /// A number for a claim. Who makes it calls withdraw() when the caller has gone, before or after `is_gone` says so.
  [[nodiscard]] std::uint64_t next_claim() { return means_.work.next_claim(); }
  void claim(std::uint64_t id, const v1::ClaimRequest& request, std::function<bool()> is_gone,
             Done<v1::ClaimResponse> done);
  void withdraw(std::uint64_t id) { means_.work.withdraw(id); }
  /// What was answered to a claim did not reach the caller.
  void give_back(const v1::ClaimResponse& answer) { means_.work.give_back(answer); }
  /// Calls `done` at once.
  void give_back(const v1::GiveBackRequest& request, const Done<v1::GiveBackResponse>& done);

  void report(const v1::ReportRequest& request, Done<v1::ReportResponse> done);
  void finish(const v1::FinishRequest& request, Done<v1::FinishResponse> done);

  /// With `claim`.
  void start(const v1::StartTaskRequest& request, Done<v1::StartTaskResponse> done);
  /// With `claim`.
  void retry(const v1::RetryTaskRequest& request, Done<v1::RetryTaskResponse> done);

 private:
  void wait(Claim claim);
  [[nodiscard]] Done<v1::ReportResponse> with_output(const v1::ReportRequest& request, const AttemptId& attempt,
                                                     Done<v1::ReportResponse> done);
  [[nodiscard]] v1::TaskType describe(const std::string& name, const KnownType& type);
  /// A QUEUED task that its caller begins, in that transaction; `TOO_MANY_LEASES`.
  [[nodiscard]] Result<v1::Task> begin(Transaction& transaction, v1::Task task, const std::string& worker,
                                       Begun& begun);
  /// What is answered of it with the commit's outcome.
  template <class Response>
  Result<Response> begun(const Begun& begun, Result<v1::Task> task);

  const Means means_;
};

}  // namespace taskwire::engine
