#include "work/workers.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <thread>

#include "engine/support/captured_log.h"
#include "engine/support/test_tasks.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class WorkersTest : public testing::Test {
 protected:
  WorkersTest() { (void)register_type("resize"); }

  template <class Request, class Response>
  Result<Response> call(void (Workers::*method)(const Request&, Done<Response>), const Request& request) {
    const auto answer = std::make_shared<Inbox<Result<Response>>>();
    ((*all.workers).*method)(request, [answer](Result<Response> response) { answer->put(std::move(response)); });
    auto response = answer->take();
    return response ? std::move(*response) : tl::make_unexpected(Error{Reason::internal, "no answer"});
  }

  Result<v1::RegisterTypeResponse> register_type(const std::string& name,
                                                 const std::function<void(v1::RegisterTypeRequest&)>& fill = {}) {
    v1::RegisterTypeRequest request;
    request.set_type(name);
    if (fill) fill(request);
    return call(&Workers::register_type, request);
  }

  /// What is claimed; who waits is told by `next_answer`.
  using Answers = std::shared_ptr<Inbox<Result<v1::ClaimResponse>>>;
  Answers begin_claim(milliseconds wait, int max = 1, const std::string& key = "", const std::string& worker = "w") {
    const auto answers = std::make_shared<Inbox<Result<v1::ClaimResponse>>>();
    v1::ClaimRequest request;
    request.set_worker(worker);
    request.add_types("resize");
    request.set_max(max);
    request.set_wait_ms(wait.count());
    request.set_request_id(key);
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
    return call(&Workers::report, request);
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
    return call(&Workers::finish, request);
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

TEST_F(WorkersTest, GiveATaskToWhoClaimsItAndTakeWhatItSays) {
  const auto started = all.start("resize");
  const auto claimed = claim();
  ASSERT_EQ(claimed.assignments_size(), 1);
  const auto& [lease, task] = std::pair(claimed.assignments(0).lease(), claimed.assignments(0).task());
  EXPECT_EQ(lease.lease().size(), 32U);
  EXPECT_EQ(lease.lease_ms(), 10'000);
  EXPECT_EQ(task.task_id(), started->task().task_id());
  EXPECT_EQ(task.state(), v1::TASK_STATE_RUNNING);
  EXPECT_EQ(task.worker(), "w");
  EXPECT_TRUE(task.has_params());
  const auto told = report_done(lease.lease(), 1, 30);
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_FALSE(told->cancel_requested());
  EXPECT_EQ(only_task().progress().percent(), 30);
  EXPECT_EQ(only_task().progress().stage(), "at 30");
  const auto finished = finish(lease.lease());
  ASSERT_TRUE(finished) << finished.error().message;
  EXPECT_EQ(finished->task().state(), v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(finished->task().result().fields().at("n").number_value(), 7);
  EXPECT_EQ(all.history(task.task_id()), "queued running succeeded");
}

TEST_F(WorkersTest, HandATaskToWhoWaitsForIt) {
  const auto waiting = begin_claim(seconds(30));
  EXPECT_TRUE(waiting->empty());
  (void)all.start("resize");
  const auto answer = waiting->take();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->assignments_size(), 1);
}

TEST_F(WorkersTest, AnswerWhoHasWaitedForLongEnough) {
  const auto waiting = begin_claim(seconds(3));
  pass(milliseconds(2900));
  EXPECT_TRUE(waiting->empty());
  pass(milliseconds(200));
  const auto answer = waiting->take();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->assignments_size(), 0);
  EXPECT_EQ(claim().assignments_size(), 0) << "and who does not wait at once";
}

TEST_F(WorkersTest, GiveAsManyAsThereAreUpToWhatIsAskedFor) {
  for (int i = 0; i < 3; ++i) (void)all.start("resize");
  EXPECT_EQ(claim(2).assignments_size(), 2);
  EXPECT_EQ(claim(2).assignments_size(), 1);
}

TEST_F(WorkersTest, ServeWhoCameFirst) {
  const auto first = begin_claim(seconds(30), 1, "", "first");
  const auto second = begin_claim(seconds(30), 1, "", "second");
  (void)all.start("resize");
  (void)all.start("resize");
  EXPECT_EQ((*first->take())->assignments(0).task().worker(), "first");
  EXPECT_EQ((*second->take())->assignments(0).task().worker(), "second");
}

TEST_F(WorkersTest, BoundWhoMayWait) {
  std::vector<Answers> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(begin_claim(seconds(30)));
  EXPECT_EQ((*begin_claim(seconds(30))->take()).error().reason, Reason::too_many_claims);
  all.workers->withdraw(last_claim - 1);
  EXPECT_EQ((*waiting.back()->take())->assignments_size(), 0);
  EXPECT_TRUE(begin_claim(seconds(30))->empty());
}

TEST_F(WorkersTest, GiveNothingToWhoHasGone) {
  const auto gone = begin_claim(seconds(30));
  is_gone = true;
  all.workers->withdraw(last_claim);
  EXPECT_EQ((*gone->take())->assignments_size(), 0);
  is_gone = false;
  (void)all.start("resize");
  EXPECT_EQ(claim().assignments_size(), 1);
}

TEST_F(WorkersTest, TakeBackWhatReachedNobody) {
  const auto waiting = begin_claim(seconds(30));
  is_gone = true;
  (void)all.start("resize");
  (void)waiting->take();
  ASSERT_TRUE(is_in(v1::TASK_STATE_QUEUED));
  is_gone = false;
  const auto again = claim();
  ASSERT_EQ(again.assignments_size(), 1);
  EXPECT_EQ(again.assignments(0).task().attempt(), 2);
  EXPECT_EQ(again.assignments(0).task().past_attempts_size(), 0) << "nobody did anything";
  all.workers->give_back(again);
  ASSERT_TRUE(is_in(v1::TASK_STATE_QUEUED));
  EXPECT_TRUE(is_lost(again.assignments(0).lease().lease()));
}

TEST_F(WorkersTest, TakeBackWhatSomebodyCouldNotHandOn) {
  const auto give_back = [&](const v1::GiveBackRequest& request) {
    std::optional<Result<v1::GiveBackResponse>> answer;
    all.workers->give_back(request, [&](Result<v1::GiveBackResponse> given) { answer = std::move(given); });
    return *answer;
  };
  (void)all.start("resize");
  const auto claimed = claim();
  ASSERT_EQ(claimed.assignments_size(), 1);
  v1::GiveBackRequest request;
  request.add_leases("nobody's");
  request.add_leases(claimed.assignments(0).lease().lease());
  EXPECT_TRUE(give_back(request));
  ASSERT_TRUE(is_in(v1::TASK_STATE_QUEUED));
  EXPECT_TRUE(is_lost(claimed.assignments(0).lease().lease()));
  EXPECT_EQ(claim().assignments_size(), 1);
  for (int i = 0; i < 100; ++i) request.add_leases("another");
  EXPECT_EQ(give_back(request).error().reason, Reason::invalid_lease);
}

TEST_F(WorkersTest, AnswerAClaimThatComesAgainWithTheSameLeases) {
  for (int i = 0; i < 2; ++i) (void)all.start("resize");
  const auto first = claim(1, "key");
  ASSERT_EQ(first.assignments_size(), 1);
  const auto again = claim(1, "key");
  ASSERT_EQ(again.assignments_size(), 1);
  EXPECT_EQ(again.assignments(0).lease().lease(), first.assignments(0).lease().lease());
  EXPECT_EQ(again.assignments(0).task().task_id(), first.assignments(0).task().task_id());
  EXPECT_EQ(begin_claim({}, 2, "key")->take()->error().reason, Reason::idempotency_key_reused);
  ASSERT_TRUE(finish(first.assignments(0).lease().lease()));
  EXPECT_EQ(claim(1, "key").assignments_size(), 1) << "of what is over nothing is answered, so it claims anew";
}

TEST_F(WorkersTest, KeepForACallerWhoComesAgainWhatItWasGivenWhenItHadGone) {
  const auto waiting = begin_claim(seconds(30), 1, "key");
  is_gone = true;
  (void)all.start("resize");
  (void)waiting->take();
  is_gone = false;
  const auto again = begin_claim(seconds(30), 1, "key")->take();
  ASSERT_TRUE(again && *again && (*again)->assignments_size() == 1);
  EXPECT_EQ((*again)->assignments(0).task().attempt(), 1);
}

TEST_F(WorkersTest, AnswerWhoWaitsWhileWhatItIsGivenCannotBeWritten) {
  all.log.failing->fail_before = true;
  all.log.failing->fail_reopen = true;
  const auto stopped = begin_claim(seconds(30));
  const auto gone = begin_claim(seconds(30));
  all.workers->withdraw(last_claim);
  EXPECT_EQ((*gone->take())->assignments_size(), 0);
  all.work->stop();
  EXPECT_TRUE(stopped->take());
  all.log.failing->fail_before = false;
  all.log.failing->fail_reopen = false;
}

TEST_F(WorkersTest, SayAtOnceThatAReportCouldNotBeWritten) {
  const auto lease = claim_one();
  all.log.failing->fail_before = true;
  EXPECT_EQ(report_done(lease, 1, 10).error().reason, Reason::unknown_outcome);
  all.log.failing->fail_before = false;
  pass(seconds(2));
  EXPECT_TRUE(comes_true([&] { return report_done(lease, 1, 10).has_value(); }));
  EXPECT_EQ(only_task().progress().stage(), "at 10");
}

TEST_F(WorkersTest, GiveBackToTheQueueWhatAWaitingClaimWithAKnownKeyWasGiven) {
  const auto first = begin_claim(seconds(30), 1, "key");
  ASSERT_TRUE(comes_true([&] { return is_anybody_there(); }));
  const auto id = give_unwritten(all.log.failing->fail_before);
  const auto second = begin_claim(seconds(30), 1, "key");
  drain();
  (void)all.start("resize");
  const auto lease = (*second->take())->assignments(0).lease().lease();
  pass(milliseconds(1100));
  EXPECT_EQ((*first->take())->assignments(0).lease().lease(), lease);
  const auto rest = claim();
  ASSERT_EQ(rest.assignments_size(), 1);
  EXPECT_EQ(rest.assignments(0).task().task_id(), id);
}

TEST_F(WorkersTest, LetAClaimThatComesAgainTakeThePlaceOfTheOneBefore) {
  const auto first = begin_claim(seconds(30), 1, "key");
  const auto again = begin_claim(seconds(30), 1, "key");
  EXPECT_EQ((*first->take())->assignments_size(), 0);
  const auto other = begin_claim(seconds(30), 2, "key");
  EXPECT_EQ((*again->take())->assignments_size(), 0) << "whoever asks what became of it";
  (void)all.start("resize");
  const auto answer = other->take();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->assignments_size(), 1);
}

TEST_F(WorkersTest, TellAClaimThatComesAgainWhatIsBeingGivenToTheOneBefore) {
  const auto first = begin_claim(seconds(30), 1, "key");
  ASSERT_TRUE(comes_true([&] { return is_anybody_there(); }));
  (void)give_unwritten(all.log.failing->fail_before);
  const auto again = begin_claim(seconds(30), 1, "key");
  drain();
  EXPECT_TRUE(again->empty());
  pass(milliseconds(1100));
  const auto one = first->take();
  const auto other = again->take();
  ASSERT_TRUE(one && *one && other && *other && (*other)->assignments_size() == 1);
  EXPECT_EQ((*one)->assignments(0).lease().lease(), (*other)->assignments(0).lease().lease());
}

TEST_F(WorkersTest, DoNotKnowALeaseWhoseBeginIsNotKnownToBeWritten) {
  const auto first = begin_claim(seconds(30), 1, "key");
  ASSERT_TRUE(comes_true([&] { return is_anybody_there(); }));
  (void)give_unwritten(all.log.failing->fail_after);
  EXPECT_EQ(begin_claim(seconds(30), 1, "key")->take()->error().reason, Reason::unknown_outcome);
  pass(milliseconds(1100));
  ASSERT_TRUE(first->take());
  const auto again = begin_claim(seconds(30), 1, "key")->take();
  ASSERT_TRUE(again && *again && (*again)->assignments_size() == 1);
  EXPECT_EQ((*again)->assignments(0).lease().lease_ms(), 10'000);
}

TEST_F(WorkersTest, GiveNothingToWhoHadGoneBeforeItCouldWait) {
  (void)all.start("resize");
  is_gone = true;
  for (const auto* const key : {"", "key"}) {
    const auto answer = begin_claim(seconds(30), 1, key)->take();
    ASSERT_TRUE(answer && *answer);
    EXPECT_EQ((*answer)->assignments_size(), 0);
    EXPECT_EQ(only_task().state(), v1::TASK_STATE_QUEUED);
    EXPECT_EQ(only_task().attempt(), 1);
  }
}

TEST_F(WorkersTest, AnswerNoMoreThanClientsOfGrpcTake) {
  constexpr int kTasks = 14;
  all.leases_from_restart.most = all.leases_from_restart.most_of_user = kTasks;
  all.restart();
  for (int i = 0; i < kTasks; ++i) {
    (void)all.start_with("resize", [](auto& request) {
      auto& list = *(*request.mutable_params()->mutable_fields())["n"].mutable_list_value();
      for (int n = 0; n < 30'000; ++n) list.add_values()->set_number_value(1);
    });
  }
  std::set<std::string> ids;
  for (const auto* const key : {"", "key"}) {
    const auto answer = begin_claim(seconds(30), 100, key)->take();
    ASSERT_TRUE(answer && *answer);
    EXPECT_GT((*answer)->ByteSizeLong(), std::size_t{2} << 20);
    EXPECT_LT((*answer)->ByteSizeLong(), std::size_t{4} << 20);
    for (const auto& assignment : (*answer)->assignments()) ids.insert(assignment.task().task_id());
  }
  EXPECT_EQ(ids.size(), std::size_t{kTasks}) << "the rest waits on";
}

TEST_F(WorkersTest, LoseALeaseThatNobodyRenews) {
  const auto lease = claim_one();
  pass(milliseconds(9900));
  ASSERT_TRUE(report(lease));
  pass(milliseconds(9900));
  ASSERT_TRUE(report(lease));
  pass(milliseconds(10'100));
  ASSERT_TRUE(is_in(v1::TASK_STATE_FAILED));
  EXPECT_EQ(only_task().error().reason(), "WORKER_LOST");
  EXPECT_TRUE(is_lost(lease));
  EXPECT_EQ(finish(lease).error().reason, Reason::lease_lost);
  EXPECT_EQ(only_task().state(), v1::TASK_STATE_FAILED);
}

TEST_F(WorkersTest, TryAgainAsTheTypeSaysWhatWasLostOrFailedInPassing) {
  (void)register_type("resize", [](auto& type) {
    type.mutable_retry()->set_attempts(3);
    type.mutable_retry()->set_backoff_ms(1000);
  });
  auto lease = claim_one();
  ASSERT_TRUE(report_done(lease, 1, 40));
  pass(milliseconds(10'100));
  ASSERT_TRUE(is_in(v1::TASK_STATE_QUEUED));
  EXPECT_EQ(only_task().attempt(), 2);
  EXPECT_EQ(only_task().progress().percent(), 0);
  EXPECT_EQ(only_task().worker(), "");
  EXPECT_EQ(only_task().past_attempts(0).error().reason(), "WORKER_LOST");
  EXPECT_EQ(claim().assignments_size(), 0) << "it waits a little";
  pass(seconds(2));
  lease = claim().assignments(0).lease().lease();
  ASSERT_TRUE(fail(lease, true));
  pass(seconds(3));
  lease = claim().assignments(0).lease().lease();
  const auto last = fail(lease, true);
  EXPECT_EQ(last->task().state(), v1::TASK_STATE_FAILED);
  EXPECT_EQ(last->task().error().reason(), "DISK_FULL");
  EXPECT_EQ(last->task().error().message(), "no room");
}

TEST_F(WorkersTest, KeepTheLastProgressOfWhatIsLost) {
  const auto lease = claim_one();
  ASSERT_TRUE(report(lease, 1, [](auto& progress) {
    progress.set_done(3);
    progress.set_total(4);
  }));
  pass(milliseconds(10'100));
  ASSERT_TRUE(is_in(v1::TASK_STATE_FAILED));
  EXPECT_EQ(only_task().progress().percent(), 75);
}

TEST_F(WorkersTest, LoseNothingWhileTheEngineStandsStill) {
  const CapturedLog log;
  const auto lease = claim_one();
  all.log.clock.advance(seconds(60));
  EXPECT_TRUE(report(lease));
  EXPECT_NE(log.text().find("stood still"), std::string::npos) << log.text();
}

TEST_F(WorkersTest, CountAReportOnce) {
  const auto lease = claim_one();
  ASSERT_TRUE(report_done(lease, 5, 50));
  ASSERT_TRUE(report_done(lease, 4, 40));
  ASSERT_TRUE(report(lease, 5, [](auto& progress) { progress.set_message("late"); }));
  EXPECT_EQ(only_task().progress().stage(), "at 50");
  EXPECT_EQ(only_task().progress().message(), "");
  ASSERT_TRUE(report_done(lease, 6, 60));
  EXPECT_EQ(only_task().progress().stage(), "at 60");
}

TEST_F(WorkersTest, FinishOnceAndAnswerTheSameAgain) {
  const auto lease = claim_one();
  const auto first = finish(lease);
  const auto again = finish(lease);
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(fail(lease).error().reason, Reason::already_finished);
  (void)all.command(&Tasks::remove, first->task().task_id());
  EXPECT_EQ(finish(lease)->task().task_id(), first->task().task_id());
}

TEST_F(WorkersTest, FinishWithTheLastProgress) {
  const auto lease = claim_one();
  ASSERT_TRUE(report(lease, 1, [](auto& progress) { progress.set_message("almost"); }));
  const auto finished = finish(lease, [](auto& request) {
    request.mutable_error();
    request.mutable_progress()->set_done(9);
    request.mutable_progress()->set_total(10);
  });
  EXPECT_EQ(finished->task().progress().message(), "almost");
  EXPECT_EQ(finished->task().progress().percent(), 90);
  EXPECT_EQ(finished->task().error().reason(), "WORK_FAILED");
}

TEST_F(WorkersTest, FailWhatMadeTooMuch) {
  const auto finished = finish(claim_one(), [](auto& request) {
    (*request.mutable_result()->mutable_fields())["x"].set_string_value(std::string(std::size_t{2} << 20, 'x'));
  });
  EXPECT_EQ(finished->task().state(), v1::TASK_STATE_FAILED);
  EXPECT_EQ(finished->task().error().reason(), "RESULT_TOO_LARGE");
}

TEST_F(WorkersTest, TellAWorkerThatItIsToStop) {
  const auto lease = claim_one();
  ASSERT_TRUE(all.command(&Tasks::cancel, only_task().task_id()));
  EXPECT_TRUE(comes_true([&] { return report(lease)->cancel_requested(); }));
  const auto finished = finish(lease, [](auto& request) { request.set_cancelled(true); });
  EXPECT_EQ(finished->task().state(), v1::TASK_STATE_CANCELLED);
}

TEST_F(WorkersTest, EndWhatIgnoresACancelForTooLong) {
  const auto lease = claim_one();
  ASSERT_TRUE(all.command(&Tasks::cancel, only_task().task_id()));
  EXPECT_TRUE(comes_true([&] { return report(lease)->cancel_requested(); }));
  pass(milliseconds(4900));
  EXPECT_TRUE(report(lease));
  pass(milliseconds(200));
  ASSERT_TRUE(is_in(v1::TASK_STATE_CANCELLED));
  EXPECT_TRUE(is_lost(lease));
}

TEST_F(WorkersTest, TakeWhatStopsOnItsOwn) {
  const auto finished = finish(claim_one(), [](auto& request) { request.set_cancelled(true); });
  EXPECT_EQ(finished->task().state(), v1::TASK_STATE_CANCELLED);
}

TEST_F(WorkersTest, CancelWhatIsLostWhileItIsToStop) {
  const auto lease = claim_one();
  ASSERT_TRUE(all.command(&Tasks::cancel, only_task().task_id()));
  EXPECT_TRUE(comes_true([&] { return report(lease)->cancel_requested(); }));
  pass(milliseconds(10'100));
  EXPECT_TRUE(is_in(v1::TASK_STATE_CANCELLED));
}

TEST_F(WorkersTest, EndWhatRunsTooLong) {
  (void)all.start_with("resize", [](auto& request) { request.set_time_limit_ms(3000); });
  const auto lease = claim().assignments(0).lease().lease();
  pass(milliseconds(2900));
  EXPECT_TRUE(report(lease));
  pass(milliseconds(200));
  ASSERT_TRUE(is_in(v1::TASK_STATE_FAILED));
  EXPECT_EQ(only_task().error().reason(), "TIME_LIMIT");
}

TEST_F(WorkersTest, CountTheTimeThatTheEngineWasAwayWhereTheWallClockTellsIt) {
  for (const auto jump : {seconds(0), seconds(-3600)}) {
    const auto id = all.start_with("resize", [](auto& request) { request.set_time_limit_ms(3000); })->task().task_id();
    const auto lease = (*begin_claim(seconds(30))->take())->assignments(0).lease().lease();
    pass(milliseconds(1000));
    all.log.clock.jump(jump);
    all.restart();
    pass(milliseconds(jump.count() == 0 ? 1900 : 2900));
    EXPECT_TRUE(report(lease)) << "never less than it may run";
    pass(milliseconds(200));
    EXPECT_EQ(all.wait_for(id, v1::TASK_STATE_FAILED).error().reason(), "TIME_LIMIT") << "nor more";
  }
}

TEST_F(WorkersTest, KeepTheirLeasesOverAnEndOfTheEngine) {
  for (const auto stop : {Stop::in_order, Stop::crash}) {
    const auto lease = claim_one();
    ASSERT_TRUE(report_done(lease, 3, 30));
    pass(milliseconds(9000));
    all.last_stop = stop;
    all.restart();
    EXPECT_NE(all.catalogue->find("resize"), nullptr) << "types too";
    pass(milliseconds(9000));
    const auto heard = report_done(lease, 3, 10);
    ASSERT_TRUE(heard) << heard.error().message;
    EXPECT_EQ(only_task().progress().stage(), "at 30") << "a report that was taken before";
    EXPECT_EQ(finish(lease)->task().state(), v1::TASK_STATE_SUCCEEDED);
    EXPECT_EQ(only_task().attempt(), 1);
  }
}

TEST_F(WorkersTest, KnowAfterAnEndOfTheEngineWhatWasToStop) {
  const auto lease = claim_one();
  ASSERT_TRUE(all.command(&Tasks::cancel, only_task().task_id()));
  all.restart();
  EXPECT_TRUE(comes_true([&] {
    const auto heard = report(lease);
    return heard && heard->cancel_requested();
  }));
}

TEST_F(WorkersTest, KeepTheLimitsOfAType) {
  (void)register_type("resize", [](auto& type) { type.set_max_running(1); });
  for (int i = 0; i < 2; ++i) (void)all.start("resize");
  const auto first = claim(2);
  ASSERT_EQ(first.assignments_size(), 1);
  EXPECT_EQ(only_task().queued_because(), v1::QUEUED_BECAUSE_LIMIT);
  const auto waiting = begin_claim(seconds(30));
  EXPECT_TRUE(waiting->empty());
  ASSERT_TRUE(finish(first.assignments(0).lease().lease()));
  EXPECT_EQ((*waiting->take())->assignments_size(), 1);
}

TEST_F(WorkersTest, KeepTheBoundsOfLeases) {
  for (int i = 0; i < 5; ++i) (void)all.start("resize", "alice");
  EXPECT_EQ(claim(5).assignments_size(), 3) << "of one user";
  for (int i = 0; i < 5; ++i) (void)all.start("resize", "bob");
  EXPECT_EQ(claim(5).assignments_size(), 1) << "in all";
}

TEST_F(WorkersTest, TakeNoneOfTheEnginesOwnPlaces) {
  for (int i = 0; i < 3; ++i) (void)all.start("resize");
  ASSERT_EQ(claim(3).assignments_size(), 3);
  const auto id = all.start_id("works");
  EXPECT_EQ(all.wait_for(id, v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
}

TEST_F(WorkersTest, LetUsersTakeTurns) {
  for (int i = 0; i < 3; ++i) (void)all.start("resize", "alice");
  (void)all.start("resize", "bob");
  std::string users;
  for (int i = 0; i < 3; ++i) users += claim().assignments(0).task().user_id() + " ";
  EXPECT_EQ(users, "alice bob alice ");
}

TEST_F(WorkersTest, SayWhereATaskStandsAmongTheFirst1000) {
  std::vector<std::string> ids;
  v1::StartTaskRequest request;
  request.set_user_id("alice");
  request.set_type("resize");
  for (int i = 0; i <= 1000; ++i)
    all.tasks->start(request, [&](const auto& started) { ids.push_back(started ? started->task().task_id() : ""); });
  drain();
  ASSERT_EQ(ids.size(), 1001U);
  EXPECT_TRUE(comes_true([&] { return all.get(ids[999]).queue_position() == 1000; }));
  EXPECT_EQ(all.get(ids[1000]).queue_position(), 0);
}

TEST_F(WorkersTest, SayWhetherAnybodyIsThere) {
  (void)all.start("resize");
  EXPECT_EQ(only_task().queued_because(), v1::QUEUED_BECAUSE_NO_WORKER);
  const auto type = [&] {
    const auto list = all.workers->list_types();
    const auto found =
        std::find_if(list.types().begin(), list.types().end(), [](const auto& t) { return t.type() == "resize"; });
    return std::pair(found->workers(), found->waiting());
  };
  EXPECT_EQ(type(), std::pair(0, 1));
  const auto lease = claim().assignments(0).lease().lease();
  EXPECT_EQ(type(), std::pair(1, 0));
  ASSERT_TRUE(finish(lease));
  pass(milliseconds(9000));
  EXPECT_EQ(type(), std::pair(1, 0)) << "it was there a moment ago";
  pass(milliseconds(2000));
  EXPECT_EQ(type(), std::pair(0, 0));
  const auto waiting = begin_claim(seconds(30));
  EXPECT_EQ(type(), std::pair(1, 0));
}

TEST_F(WorkersTest, LetACallerDoTheWorkItself) {
  v1::StartTaskRequest request;
  request.set_user_id("alice");
  request.set_name("Mine");
  request.set_claim(true);
  request.set_worker("shell");
  request.set_request_id("key");
  const auto started = call(&Workers::start, request);
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_EQ(started->task().type(), "external");
  EXPECT_EQ(started->task().state(), v1::TASK_STATE_RUNNING);
  EXPECT_EQ(started->task().worker(), "shell");
  const auto lease = started->lease().lease();
  const auto again = call(&Workers::start, request);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->lease().lease(), lease);
  v1::GiveBackRequest nobody_else_would_take_it;
  nobody_else_would_take_it.add_leases(lease);
  all.workers->give_back(nobody_else_would_take_it, [](const Result<v1::GiveBackResponse>&) {});
  EXPECT_FALSE(is_lost(lease));
  EXPECT_EQ(all.list().size(), 1U);
  EXPECT_TRUE(report_done(lease, 1, 10));
  EXPECT_EQ(finish(lease)->task().state(), v1::TASK_STATE_SUCCEEDED);
  EXPECT_FALSE(call(&Workers::start, request)->has_lease()) << "its work is over";
}

TEST_F(WorkersTest, TryACallersWorkAgainOnlyWhereItClaimsIt) {
  v1::StartTaskRequest request;
  request.set_user_id("alice");
  request.set_claim(true);
  request.set_max_attempts(3);
  const auto id = call(&Workers::start, request)->task().task_id();
  pass(milliseconds(10'100));
  ASSERT_TRUE(is_in(v1::TASK_STATE_FAILED));
  EXPECT_EQ(only_task().error().reason(), "WORKER_LOST");
  EXPECT_EQ(all.command(&Tasks::retry, id).error().reason, Reason::claim_required);
  v1::RetryTaskRequest retry;
  retry.set_user_id("alice");
  retry.set_task_id(id);
  retry.set_claim(true);
  const auto retried = call(&Workers::retry, retry);
  ASSERT_TRUE(retried) << retried.error().message;
  EXPECT_EQ(retried->task().attempt(), 2);
  EXPECT_EQ(retried->task().state(), v1::TASK_STATE_RUNNING);
  EXPECT_TRUE(finish(retried->lease().lease()));
  EXPECT_EQ(call(&Workers::retry, retry).error().reason, Reason::task_not_retryable);
}

TEST_F(WorkersTest, RefuseWorkThatIsNotTheCallers) {
  v1::StartTaskRequest request;
  request.set_user_id("alice");
  request.set_claim(true);
  request.set_type("works");
  EXPECT_EQ(call(&Workers::start, request).error().reason, Reason::type_built_in);
  request.set_type("resize");
  *request.mutable_not_before() = to_timestamp(all.log.clock.now() + seconds(9));
  EXPECT_EQ(call(&Workers::start, request).error().reason, Reason::invalid_not_before);
  request.clear_not_before();
  request.set_worker("two\nlines");
  EXPECT_EQ(call(&Workers::start, request).error().reason, Reason::invalid_worker);
  EXPECT_EQ(all.start("external").error().reason, Reason::claim_required);
}

TEST_F(WorkersTest, BoundWhatCallersDoThemselves) {
  v1::StartTaskRequest request;
  request.set_user_id("alice");
  request.set_claim(true);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(call(&Workers::start, request));
  EXPECT_EQ(call(&Workers::start, request).error().reason, Reason::too_many_leases);
  EXPECT_EQ(all.list().size(), 3U);
}

TEST_F(WorkersTest, ForgetATypeThatIsNotInUse) {
  v1::DeleteTypeRequest request;
  request.set_type("resize");
  (void)all.start("resize");
  EXPECT_EQ(call(&Workers::delete_type, request).error().reason, Reason::type_in_use);
  const auto lease = claim().assignments(0).lease().lease();
  EXPECT_EQ(call(&Workers::delete_type, request).error().reason, Reason::type_in_use);
  ASSERT_TRUE(finish(lease));
  EXPECT_TRUE(comes_true([&] { return call(&Workers::delete_type, request).has_value(); }));
  EXPECT_EQ(all.start("resize").error().reason, Reason::unknown_task_type);
  EXPECT_EQ(call(&Workers::delete_type, request).error().reason, Reason::type_not_found);
  request.set_type("works");
  EXPECT_EQ(call(&Workers::delete_type, request).error().reason, Reason::type_built_in);
}

TEST_F(WorkersTest, ForgetNoTypeOfWhichATaskIsStartedInTheSameCommit) {
  v1::DeleteTypeRequest type;
  type.set_type("resize");
  v1::StartTaskRequest task;
  task.set_user_id("alice");
  task.set_type("resize");
  for (const bool claims : {false, true}) {
    task.set_claim(claims);
    for (const bool is_forgotten_first : {false, true}) {
      std::optional<Result<v1::DeleteTypeResponse>> forgotten;
      std::optional<Result<v1::StartTaskResponse>> started;
      const auto forget = [&] { all.workers->delete_type(type, [&](auto answer) { forgotten = std::move(answer); }); };
      const auto start = [&] {
        const Done<v1::StartTaskResponse> done = [&](auto answer) { started = std::move(answer); };
        claims ? all.workers->start(task, done) : all.tasks->start(task, done);
      };
      commit_together([&] {
        is_forgotten_first ? forget() : start();
        is_forgotten_first ? start() : forget();
      });
      ASSERT_TRUE(forgotten && started);
      EXPECT_EQ(started->has_value(), !is_forgotten_first);
      EXPECT_EQ(forgotten->has_value(), is_forgotten_first);
      if (is_forgotten_first) {
        EXPECT_EQ(started->error().reason, Reason::unknown_task_type);
        (void)register_type("resize");
      } else {
        EXPECT_EQ(forgotten->error().reason, Reason::type_in_use);
        const auto id = (*started)->task().task_id();
        (void)(claims ? finish((*started)->lease().lease()).has_value() : all.command(&Tasks::cancel, id).has_value());
      }
    }
  }
}

TEST_F(WorkersTest, KeepATypeThatCouldNotBeForgotten) {
  v1::DeleteTypeRequest request;
  request.set_type("resize");
  all.log.failing->fail_before = true;
  EXPECT_FALSE(call(&Workers::delete_type, request));
  all.log.failing->fail_before = false;
  EXPECT_TRUE(comes_true([&] { return all.start("resize").has_value(); }));
}

TEST_F(WorkersTest, RefuseTypesThatCannotBe) {
  EXPECT_EQ(register_type("Resize").error().reason, Reason::invalid_type);
  EXPECT_EQ(register_type("").error().reason, Reason::invalid_type);
  EXPECT_EQ(register_type(std::string(65, 'a')).error().reason, Reason::invalid_type);
  EXPECT_TRUE(register_type(std::string(64, 'a')));
  EXPECT_EQ(register_type("works").error().reason, Reason::type_built_in);
  EXPECT_EQ(register_type("external").error().reason, Reason::type_built_in);
  const auto reason = [&](const std::function<void(v1::RegisterTypeRequest&)>& fill) {
    const auto registered = register_type("x", fill);
    return registered ? Reason::internal : registered.error().reason;
  };
  EXPECT_EQ(reason([](auto& type) { type.set_description(std::string(4097, 'x')); }), Reason::invalid_type);
  EXPECT_EQ(reason([](auto& type) { type.set_max_running(-1); }), Reason::invalid_limit);
  EXPECT_EQ(reason([](auto& type) { type.set_max_running_per_user(1'000'001); }), Reason::invalid_limit);
  EXPECT_EQ(reason([](auto& type) { type.set_time_limit_ms(-1); }), Reason::invalid_time_limit);
  EXPECT_EQ(reason([](auto& type) { type.mutable_retry()->set_attempts(101); }), Reason::invalid_max_attempts);
  EXPECT_EQ(reason([](auto& type) { type.mutable_retry()->set_backoff_ms(-1); }), Reason::invalid_limit);
  EXPECT_EQ(reason([](auto& type) { type.mutable_retry()->set_max_backoff_ms(-1); }), Reason::invalid_limit);
}

TEST_F(WorkersTest, RefuseClaimsThatCannotBe) {
  const auto reason = [&](const std::function<void(v1::ClaimRequest&)>& fill) {
    v1::ClaimRequest request;
    request.set_worker("w");
    request.add_types("resize");
    fill(request);
    const auto answers = std::make_shared<Inbox<Result<v1::ClaimResponse>>>();
    all.workers->claim(
        all.workers->next_claim(), request, [] { return false; },
        [answers](Result<v1::ClaimResponse> answer) { answers->put(std::move(answer)); });
    const auto answer = answers->take();
    return !answer || *answer ? Reason::internal : answer->error().reason;
  };
  EXPECT_EQ(reason([](auto& request) { request.clear_worker(); }), Reason::invalid_worker);
  EXPECT_EQ(reason([](auto& request) { request.set_worker(std::string(129, 'x')); }), Reason::invalid_worker);
  EXPECT_EQ(reason([](auto& request) { request.clear_types(); }), Reason::invalid_types);
  EXPECT_EQ(reason([](auto& request) { request.add_types("nonsense"); }), Reason::unknown_task_type);
  EXPECT_EQ(reason([](auto& request) { request.add_types("works"); }), Reason::type_built_in);
  EXPECT_EQ(reason([](auto& request) { request.add_types("external"); }), Reason::type_built_in);
  EXPECT_EQ(reason([](auto& request) { request.set_max(101); }), Reason::invalid_limit);
  EXPECT_EQ(reason([](auto& request) { request.set_wait_ms(60'001); }), Reason::invalid_limit);
  EXPECT_EQ(reason([](auto& request) { request.set_request_id("ü"); }), Reason::invalid_request_id);
}

TEST_F(WorkersTest, RefuseReportsAndEndsThatCannotBe) {
  const auto lease = claim_one();
  EXPECT_EQ(report("nonsense").error().reason, Reason::invalid_lease);
  EXPECT_EQ(report(std::string(32, 'A')).error().reason, Reason::invalid_lease);
  EXPECT_EQ(report(std::string(32, 'a')).error().reason, Reason::lease_lost);
  EXPECT_EQ(report(lease, -1).error().reason, Reason::invalid_progress);
  EXPECT_EQ(report(lease, 1, [](auto& progress) { progress.set_percent(101); }).error().reason,
            Reason::invalid_progress);
  EXPECT_EQ(finish("nonsense").error().reason, Reason::invalid_lease);
  EXPECT_EQ(finish(lease, [](auto&) {}).error().reason, Reason::invalid_outcome);
  EXPECT_EQ(finish(lease, [](auto& request) { request.set_cancelled(false); }).error().reason, Reason::invalid_outcome);
  EXPECT_EQ(finish(lease, [](auto& request) { request.mutable_error()->set_reason("disk full"); }).error().reason,
            Reason::invalid_outcome);
  EXPECT_TRUE(finish(lease));
}

TEST_F(WorkersTest, GoOnWhereTheEndCouldNotBeWritten) {
  const auto lease = claim_one();
  all.log.failing->fail_before = true;
  EXPECT_EQ(finish(lease).error().reason, Reason::store_failed);
  all.log.failing->fail_before = false;
  EXPECT_TRUE(comes_true([&] { return finish(lease).has_value(); }));
}

TEST_F(WorkersTest, FindOutWhatBecameOfAnEndOfUnknownOutcome) {
  const auto lease = claim_one();
  all.log.failing->fail_after = true;
  EXPECT_EQ(finish(lease).error().reason, Reason::unknown_outcome);
  all.log.failing->fail_after = false;
  Result<v1::FinishResponse> again = tl::make_unexpected(Error{});
  EXPECT_TRUE(comes_true([&] {
    again = finish(lease);
    return again.has_value();
  }));
  EXPECT_EQ(again->task().state(), v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(all.history(again->task().task_id()), "queued running succeeded");
}

TEST_F(WorkersTest, HandOverWhatCouldNotBeWrittenAtFirst) {
  for (auto* const how : {&all.log.failing->fail_before, &all.log.failing->fail_after}) {
    const auto waiting = begin_claim(seconds(60));
    const auto id = give_unwritten(*how);
    EXPECT_TRUE(waiting->empty());
    pass(milliseconds(1100));
    const auto answer = waiting->take();
    ASSERT_TRUE(answer && *answer && (*answer)->assignments_size() == 1);
    EXPECT_EQ((*answer)->assignments(0).task().attempt(), 1);
    ASSERT_TRUE(finish((*answer)->assignments(0).lease().lease()));
    EXPECT_EQ(all.history(id), "queued running succeeded");
  }
}

TEST_F(WorkersTest, AnAttemptThatBeginsWhileTheOpenTasksAreReadKeepsItsLease) {
  for (int i = 0; i < 30; ++i) {
    all.restart();
    v1::StartTaskRequest request;
    request.set_user_id("user" + std::to_string(i));
    request.set_type("external");
    request.set_claim(true);
    const auto started = call(&Workers::start, request);
    ASSERT_TRUE(started) << started.error().message;
    ASSERT_TRUE(finish(started->lease().lease())) << i;
  }
}

}  // namespace
}  // namespace taskwire::engine
