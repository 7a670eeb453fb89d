#include <gtest/gtest.h>

#include "work/workers_fixture.h"

namespace taskwire::engine {
namespace {

TEST_F(WorkersTest, LetACallerDoTheWorkItself) {
  v1::StartTaskRequest request;
  request.set_user_id("alice");
  request.set_name("Mine");
  request.set_claim(true);
  request.set_worker("shell");
  request.set_request_id("key");
  const auto started = all.call(&Workers::start, request);
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_EQ(started->task().type(), "external");
  EXPECT_EQ(started->task().state(), v1::TASK_STATE_RUNNING);
  EXPECT_EQ(started->task().worker(), "shell");
  const auto lease = started->lease().lease();
  const auto again = all.call(&Workers::start, request);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->lease().lease(), lease);
  EXPECT_TRUE(give_back({lease}));
  drain();
  EXPECT_TRUE(report(lease)) << "nobody else would take it";
  EXPECT_EQ(all.list().size(), 1U);
  EXPECT_TRUE(report_done(lease, 1, 10));
  EXPECT_EQ(finish(lease)->task().state(), v1::TASK_STATE_SUCCEEDED);
  EXPECT_FALSE(all.call(&Workers::start, request)->has_lease()) << "its work is over";
}

TEST_F(WorkersTest, TryACallersWorkAgainOnlyWhereItClaimsIt) {
  v1::StartTaskRequest request;
  request.set_user_id("alice");
  request.set_claim(true);
  request.set_max_attempts(3);
  const auto id = all.call(&Workers::start, request)->task().task_id();
  pass(milliseconds(10'100));
  ASSERT_TRUE(is_in(v1::TASK_STATE_FAILED));
  EXPECT_EQ(only_task().error().reason(), "WORKER_LOST");
  EXPECT_TRUE(only_task().error().message().starts_with("nothing was heard of who does the work for"));
  EXPECT_EQ(all.command(&Tasks::retry, id).error().reason, Reason::claim_required);
  v1::RetryTaskRequest retry;
  retry.set_user_id("alice");
  retry.set_task_id(id);
  retry.set_claim(true);
  const auto retried = all.call(&Workers::retry, retry);
  ASSERT_TRUE(retried) << retried.error().message;
  EXPECT_EQ(retried->task().attempt(), 2);
  EXPECT_EQ(retried->task().state(), v1::TASK_STATE_RUNNING);
  EXPECT_TRUE(finish(retried->lease().lease()));
  EXPECT_EQ(all.call(&Workers::retry, retry).error().reason, Reason::task_not_retryable);
}

TEST_F(WorkersTest, RefuseWorkThatIsNotTheCallers) {
  v1::StartTaskRequest request;
  request.set_user_id("alice");
  request.set_claim(true);
  request.set_type("works");
  EXPECT_EQ(all.call(&Workers::start, request).error().reason, Reason::type_built_in);
  request.set_type("resize");
  *request.mutable_not_before() = to_timestamp(all.log.clock.now() + seconds(9));
  EXPECT_EQ(all.call(&Workers::start, request).error().reason, Reason::invalid_not_before);
  request.clear_not_before();
  request.set_worker("two\nlines");
  EXPECT_EQ(all.call(&Workers::start, request).error().reason, Reason::invalid_worker);
  EXPECT_EQ(all.start("external").error().reason, Reason::claim_required);
}

TEST_F(WorkersTest, BoundWhatCallersDoThemselves) {
  v1::StartTaskRequest request;
  request.set_user_id("alice");
  request.set_claim(true);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(all.call(&Workers::start, request));
  EXPECT_EQ(all.call(&Workers::start, request).error().reason, Reason::too_many_leases);
  EXPECT_EQ(all.list().size(), 3U);
}

}  // namespace
}  // namespace taskwire::engine
