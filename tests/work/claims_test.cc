#include <gtest/gtest.h>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "work/workers_fixture.h"

namespace taskwire::engine {
namespace {

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
  (void)all.start("resize");
  const auto claimed = claim();
  ASSERT_EQ(claimed.assignments_size(), 1);
  const auto lease = claimed.assignments(0).lease().lease();
  EXPECT_TRUE(give_back({"nobody's", lease}));
  ASSERT_TRUE(is_in(v1::TASK_STATE_QUEUED));
  EXPECT_TRUE(is_lost(lease));
  EXPECT_EQ(claim().assignments_size(), 1);
  EXPECT_EQ(give_back(std::vector<std::string>(101, "another")).error().reason, Reason::invalid_lease);
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
  EXPECT_EQ(reason([](auto& request) { request.set_lease_prefix("nonsense"); }), Reason::invalid_lease);
  EXPECT_EQ(reason([](auto& request) { request.set_lease_prefix(std::string(28, 'A')); }), Reason::invalid_lease);
  EXPECT_EQ(reason([](auto& request) {
              request.set_request_id("key");
              request.set_lease_prefix(std::string(28, 'a'));
            }),
            Reason::invalid_lease);
}

/// Of a caller that names the leases, as one who may not hear the answer does.
class NamedLeases : public WorkersTest {
 protected:
  NamedLeases() { (void)all.wait_for(all.start_id("works"), v1::TASK_STATE_SUCCEEDED); }  // the scheduler has begun

  const std::string prefix = std::string(28, 'a');
  const std::vector<std::string> names = {prefix + "0000", prefix + "0001"};
};

TEST_F(NamedLeases, AreThoseThatAreGiven) {
  for (int i = 0; i < 2; ++i) (void)all.start("resize");
  const auto claimed = begin_claim({}, 2, "", "w", prefix)->take();
  ASSERT_TRUE(claimed && *claimed);
  ASSERT_EQ((*claimed)->assignments_size(), 2);
  for (std::size_t i = 0; i < names.size(); ++i)
    EXPECT_EQ((*claimed)->assignments(static_cast<int>(i)).lease().lease(), names[i]);
  EXPECT_TRUE(finish(names[1]));
}

TEST_F(NamedLeases, AreOthersWhereTheNameIsHeld) {
  for (int i = 0; i < 2; ++i) (void)all.start("resize");
  (void)begin_claim({}, 1, "", "w", prefix)->take();
  const auto second = begin_claim({}, 1, "", "other", prefix)->take();
  ASSERT_TRUE(second && *second && (*second)->assignments_size() == 1);
  EXPECT_NE((*second)->assignments(0).lease().lease(), names[0]);
}

TEST_F(NamedLeases, GoBackFromWhoDidNotHearTheAnswer) {
  (void)all.start("resize");
  const auto answer = begin_claim({}, 2, "", "w", prefix)->take();
  ASSERT_TRUE(answer && *answer && (*answer)->assignments_size() == 1);
  EXPECT_TRUE(give_back(names));
  ASSERT_TRUE(is_in(v1::TASK_STATE_QUEUED));
  EXPECT_TRUE(is_lost(names[0]));
  EXPECT_EQ(claim().assignments_size(), 1);
}

TEST_F(NamedLeases, GoBackAlsoWhileTheAttemptsBeginIsBeingWritten) {
  (void)all.start("resize");
  Answers claimed;
  commit_together([&] {
    claimed = begin_claim(seconds(30), 1, "", "w", prefix);
    EXPECT_TRUE(give_back(names));
  });
  const auto answer = claimed->take();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->assignments_size(), 0);
  EXPECT_TRUE(comes_true([&] { return only_task().attempt() == 2; })) << "it was begun all the same";
  ASSERT_TRUE(is_in(v1::TASK_STATE_QUEUED));
  EXPECT_TRUE(is_lost(names[0]));
}

TEST_F(NamedLeases, WithdrawAClaimThatStillWaits) {
  const auto claimed = begin_claim(seconds(30), 1, "", "w", prefix);
  EXPECT_TRUE(claimed->empty());
  EXPECT_TRUE(give_back(names));
  const auto answer = claimed->take();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->assignments_size(), 0);
  (void)all.start("resize");
  EXPECT_EQ(claim().assignments_size(), 1) << "nothing was given to it";
}

}  // namespace
}  // namespace taskwire::engine
