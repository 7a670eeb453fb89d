#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/alarm.h"
#include "log/event_log.h"
#include "output/output_reads.h"
#include "tasks/outside_work.h"
#include "tasks/scheduler.h"
#include "work/claims.h"
#include "work/lease_keeper.h"
#include "work/presence.h"

namespace taskwire::engine {

/// Gives attempts to claims that wait, under leases. Thread-safe.
class LeasedWork final : public OutsideWork, public std::enable_shared_from_this<LeasedWork> {
 public:
  /// What it works with; all of it must outlive it.
  struct Means {
    EventLog& log;
    LeaseKeeper& leases;
    Presence& presence;
    OutputReads& output;
    const Clock& clock;
    Timers& timers;
  };

  [[nodiscard]] static std::shared_ptr<LeasedWork> of(const Means& means, std::size_t most_claims);

  /// To whom attempts go back that were given and not begun. Before anything is given.
  void serve(std::weak_ptr<Scheduler> scheduler) { scheduler_ = std::move(scheduler); }

  // OutsideWork.
  [[nodiscard]] bool may_run(const std::string& type) override;
  [[nodiscard]] bool may_run(const std::string& user, const std::string& type) override;
  [[nodiscard]] bool give(const Waiting& waiting) override;
  void hand_over() override;
  [[nodiscard]] bool is_running(const AttemptId& id) override { return means_.leases.is_running(id); }
  [[nodiscard]] std::vector<AttemptId> running() override { return means_.leases.running(); }
  void cancel(const AttemptId& id) override { means_.leases.cancel(id); }
  void supersede(const std::string& task_id, int through) override {
    means_.leases.supersede(task_id, through);
    means_.output.supersede(task_id, through);
  }
  void take_up(const std::vector<KeptLease>& leases, const std::vector<v1::Task>& tasks) override {
    means_.leases.take_up(leases, tasks);
  }
  [[nodiscard]] bool is_in_use(const std::string& type) override { return means_.leases.is_in_use(type); }
  [[nodiscard]] bool has_workers(const std::string& type) override { return means_.presence.is_any(type); }

  /// A number for a claim, higher than all before.
  [[nodiscard]] std::uint64_t next_claim();
  /// Waits with a claim until something is given, or its time is over; one that waits with its key is ended.
  /// `TOO_MANY_CLAIMS`.
  void wait(Claim claim);
  /// Answers a claim with nothing, if it waits and is not given anything.
  void end(std::uint64_t claim);
  /// Answers a claim with nothing, whose caller has gone; what it is being given is given back, unless it has a key.
  void withdraw(std::uint64_t claim);
  /// Gives a lease back; a claim that still waits for what would be named so is answered with nothing.
  void give_back(const std::string& token);
  /// Gives back what a claim was answered, since that did not reach anybody.
  void give_back(const v1::ClaimResponse& answer);
  /// Answers what was claimed with a key before, as it is now, without what is over; nothing where nothing was.
  void recall(const RequestKey& key, Done<v1::ClaimResponse> done);

  /// Answers who waits, and takes on nothing more.
  void stop();

 private:
  LeasedWork(const Means& means, std::size_t most_claims) : means_(means), most_claims_(most_claims) {}
  void look();
  void set_alarm();
  [[nodiscard]] Result<void> enter(Claim& claim);
  void leave(const Claim& claim);
  void end(Claim claim);
  void hand_over(Claim claim);
  void handed_over(const std::shared_ptr<Claim>& given, Result<v1::ClaimResponse> begun);
  void end_newcomer(const RequestKey& key);
  void wait_on(Claim claim);
  /// Who is being handed something, to be answered by the caller; null where nobody is, or has been.
  [[nodiscard]] Done<v1::ClaimResponse> take_answer(Claim& claim);
  [[nodiscard]] static Result<v1::ClaimResponse> begin_all(Transaction& transaction, const Claim& claim);
  /// With how long leases last, and without what is not held any more. `UNKNOWN_OUTCOME`: whether one is held is being
  /// found out.
  [[nodiscard]] Result<v1::ClaimResponse> filled_in(v1::ClaimResponse response);

  const Means means_;
  const std::size_t most_claims_;
  std::weak_ptr<Scheduler> scheduler_;
  std::shared_ptr<Alarm> alarm_;

  std::mutex mutex_;
  Claims claims_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Claim>> handing_;  // what is given to them is being written
  std::uint64_t next_claim_ = 1;
  bool is_stopping_ = false;
};

}  // namespace taskwire::engine
