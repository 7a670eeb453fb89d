#include <gtest/gtest.h>
#include <string>

#include "engine/support/captured_log.h"
#include "work/workers_fixture.h"

namespace taskwire::engine {
namespace {

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

TEST_F(WorkersTest, AreHeardByProgressThatSaysNothingWhichIsNoEvent) {
  const auto lease = claim_one();
  ASSERT_TRUE(report_done(lease, 1, 40));
  const auto head = all.log.log->tail().head();
  v1::ReportRequest request;
  request.set_lease(lease);
  request.mutable_progress();
  for (int i = 0; i < 3; ++i) {
    pass(seconds(5));
    ASSERT_TRUE(all.call(&Workers::report, request));
  }
  EXPECT_EQ(all.log.log->tail().head(), head);
  EXPECT_EQ(only_task().progress().done(), 40);
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
    const auto started = all.call(&Workers::start, request);
    ASSERT_TRUE(started) << started.error().message;
    ASSERT_TRUE(finish(started->lease().lease())) << i;
  }
}

}  // namespace
}  // namespace taskwire::engine
