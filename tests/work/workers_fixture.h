#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "engine/support/test_tasks.h"
#include "work/workers.h"

namespace taskwire::engine {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Workers of tasks of type `resize`.
class WorkersTest : public testing::Test {
 protected:
  WorkersTest() { (void)register_type("resize"); }

  Result<v1::RegisterTypeResponse> register_type(const std::string& name,
                                                 const std::function<void(v1::RegisterTypeRequest&)>& fill = {}) {
    v1::RegisterTypeRequest request;
    request.set_type(name);
    if (fill) fill(request);
    return all.call(&Workers::register_type, request);
  }

  /// What is claimed; who waits is told by `next_answer`.
  using Answers = std::shared_ptr<Inbox<Result<v1::ClaimResponse>>>;
  Answers begin_claim(milliseconds wait, int max = 1, const std::string& key = "", const std::string& worker = "w",
                      const std::string& lease_prefix = "") {
    const auto answers = std::make_shared<Inbox<Result<v1::ClaimResponse>>>();
    v1::ClaimRequest request;
    request.set_worker(worker);
    request.add_types("resize");
    request.set_max(max);
    request.set_wait_ms(wait.count());
    request.set_request_id(key);
    request.set_lease_prefix(lease_prefix);
    last_claim = all.workers->next_claim();
    all.workers->claim(
        last_claim, request, [this] { return is_gone.load(); },
        [answers](Result<v1::ClaimResponse> answer) { answers->put(std::move(answer)); });
    return answers;
  }
  v1::ClaimResponse claim(int max = 1, const std::string& key = "") {
    const auto answer = begin_claim({}, max, key)->take();
    return answer && *answer ? **answer : v1::ClaimResponse();
  }
  Result<void> give_back(const std::vector<std::string>& leases) {
    v1::GiveBackRequest request;
    request.mutable_leases()->Add(leases.begin(), leases.end());
    Result<v1::GiveBackResponse> answer;
    all.workers->give_back(request, [&](Result<v1::GiveBackResponse> given) { answer = std::move(given); });
    return answer.map([](const auto&) {});
  }
  /// The lease of a task of its own.
  std::string claim_one() {
    (void)all.start("resize");
    v1::ClaimResponse claimed;  // nothing, while the scheduler begins
    const bool is_claimed = comes_true([&] { return (claimed = claim()).assignments_size() == 1; });
    return is_claimed ? claimed.assignments(0).lease().lease() : "";
  }

  Result<v1::ReportResponse> report(const std::string& lease, std::int64_t seq = 0,
                                    const std::function<void(v1::ProgressUpdate&)>& fill = {}) {
    v1::ReportRequest request;
    request.set_lease(lease);
    request.set_seq(seq);
    if (fill) fill(*request.mutable_progress());
    return all.call(&Workers::report, request);
  }
  Result<v1::ReportResponse> report_done(const std::string& lease, std::int64_t seq, std::int64_t done) {
    return report(lease, seq, [&](auto& progress) {
      progress.set_done(done);
      progress.set_total(100);
      progress.set_stage("at " + std::to_string(done));
    });
  }
  Result<v1::FinishResponse> finish(const std::string& lease,
                                    const std::function<void(v1::FinishRequest&)>& fill = {}) {
    v1::FinishRequest request;
    request.set_lease(lease);
    if (fill) {
      fill(request);
    } else {
      (*request.mutable_result()->mutable_fields())["n"].set_number_value(7);
    }
    return all.call(&Workers::finish, request);
  }
  Result<v1::FinishResponse> fail(const std::string& lease, bool retryable = false) {
    return finish(lease, [&](auto& request) {
      request.mutable_error()->set_reason("DISK_FULL");
      request.mutable_error()->set_message("no room");
      request.mutable_error()->set_retryable(retryable);
    });
  }
  v1::Task only_task() {
    const auto tasks = all.list();
    return tasks.empty() ? v1::Task() : all.get(tasks[0].task_id());
  }
  /// Time goes by, and nobody stands still.
  void pass(milliseconds time) {
    for (; time > milliseconds(500); time -= milliseconds(500)) all.log.clock.advance(milliseconds(500));
    all.log.clock.advance(time);
  }
  /// Whether the lease is over, or will be in a moment.
  bool is_lost(const std::string& lease) {
    return comes_true([&] {
      const auto told = report(lease);
      return !told && told.error().reason == Reason::lease_lost;
    });
  }
  /// Waits until all has been answered that was written before.
  void drain() {
    Inbox<int> drained;
    all.log.log->write<void>(
        EventLog::Writer::engine, 0, [](Transaction&) -> Result<void> { return {}; },
        [&](const Result<void>&) { drained.put(0); });
    (void)drained.take();
  }
  /// A task is given to who waits, and the commit of that fails once, as `how` says.
  std::string give_unwritten(std::atomic<bool>& how) {
    (void)all.wait_for(all.start_id("works"), v1::TASK_STATE_SUCCEEDED);  // the scheduler has begun
    const auto id = all.start_later("resize", seconds(1));
    how = true;
    pass(milliseconds(1100));
    drain();
    how = false;
    return id;
  }
  /// Commits together what `call` begins to write.
  void commit_together(const std::function<void()>& call) {
    Inbox<int> begun;
    Inbox<int> may_end;
    all.log.log->write<void>(
        EventLog::Writer::engine, 0,
        [&](Transaction&) -> Result<void> {
          begun.put(0);
          (void)may_end.take();
          return {};
        },
        [](const Result<void>&) {});
    (void)begun.take();
    call();
    may_end.put(0);
    drain();
  }
  /// Whether a worker is there, or was a moment ago.
  bool is_anybody_there() {
    const auto list = all.workers->list_types();
    return std::any_of(list.types().begin(), list.types().end(), [](const auto& type) { return type.workers() > 0; });
  }
  bool is_in(v1::TaskState state) { return all.wait_for(only_task().task_id(), state).state() == state; }

  TestTasks all;
  std::atomic<bool> is_gone = false;
  std::uint64_t last_claim = 0;
};

}  // namespace taskwire::engine
