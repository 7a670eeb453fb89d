#include <atomic>
#include <gtest/gtest.h>
#include <thread>

#include "resume/limits.h"
#include "rpc/support.h"

namespace taskwire::rpc {
namespace {

class CommandServiceTest : public ServerTest {
 protected:
  Sequence head() { return engine->log().tail().head(); }
  static v1::PublishRequest to(const std::string& topic) {
    v1::PublishRequest request;
    request.set_topic(topic);
    return request;
  }
  static std::string refusal(const v1::CommandOutcome& outcome) {
    return shown(grpc::Status(static_cast<grpc::StatusCode>(outcome.code()), outcome.message()));
  }
};

TEST_F(CommandServiceTest, CarriesOutGroupAfterGroupOverOneCall) {
  Context context;
  const auto groups = commands->Execute(&context);
  groups->WaitForInitialMetadata();
  for (int round = 0; round < 3; ++round) {
    v1::ExecuteRequest group;
    *group.add_commands()->mutable_publish() = to("channels/x");
    *group.add_commands()->mutable_publish() = to("tasks/alice");
    group.add_commands();
    for (int i = 0; i < 2; ++i)
      *group.mutable_commands()->rbegin()->mutable_publish_batch()->add_events() = to("channels/x");
    ASSERT_TRUE(groups->Write(group));
    v1::ExecuteResponse response;
    ASSERT_TRUE(groups->Read(&response));
    ASSERT_EQ(response.outcomes_size(), 3);
    EXPECT_EQ(parse_cursor(response.outcomes(0).cursor())->sequence, 3 * round + 1);
    EXPECT_EQ(response.outcomes(1).cursor(), "");
    EXPECT_EQ(response.outcomes(1).code(), grpc::PERMISSION_DENIED);
    EXPECT_TRUE(response.outcomes(1).message().starts_with("TOPIC_READ_ONLY: "));
    EXPECT_EQ(parse_cursor(response.outcomes(2).cursor())->sequence, 3 * round + 2);
  }
  groups->WritesDone();
  EXPECT_TRUE(groups->Finish().ok());
  EXPECT_EQ(head(), 9);
}

TEST_F(CommandServiceTest, EndsACallWhoseGroupIsNone) {
  Context context;
  const auto groups = commands->Execute(&context);
  ASSERT_TRUE(groups->Write({}));
  v1::ExecuteResponse response;
  EXPECT_FALSE(groups->Read(&response));
  EXPECT_EQ(shown(groups->Finish()), "INVALID_ARGUMENT INVALID_BATCH");
}

TEST_F(CommandServiceTest, EndsCallsOfGroupsWhenItStops) {
  Context context;
  const auto groups = commands->Execute(&context);
  groups->WaitForInitialMetadata();
  const auto began = std::chrono::steady_clock::now();
  stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4)) << "it does not wait for the caller";
  v1::ExecuteResponse response;
  EXPECT_FALSE(groups->Read(&response));
  EXPECT_EQ(shown(groups->Finish()), "UNAVAILABLE SHUTTING_DOWN");
}

TEST_F(CommandServiceTest, LetsTheCallOfGroupsThatHasWaitedLongestMakeRoom) {
  stop();
  server_settings.calls.groups = 2;
  start();
  Context first, second, third;
  const auto open = [&](Context& context) {
    auto call = commands->Execute(&context);
    call->WaitForInitialMetadata();
    return call;
  };
  v1::ExecuteRequest group;
  *group.add_commands()->mutable_publish() = to("channels/x");
  v1::ExecuteResponse response;
  const auto a = open(first), b = open(second);
  ASSERT_TRUE(a->Write(group) && a->Read(&response));
  const auto c = open(third);
  EXPECT_FALSE(b->Read(&response));
  EXPECT_EQ(shown(b->Finish()), "RESOURCE_EXHAUSTED TOO_MANY_CALLS");
  for (auto* const call : {a.get(), c.get()}) {
    EXPECT_TRUE(call->Write(group));
    EXPECT_TRUE(call->Read(&response));
    call->WritesDone();
    EXPECT_TRUE(call->Finish().ok());
  }
}

TEST_F(CommandServiceTest, SaysOfNoGroupThatWasCarriedOutThatItStopped) {
  int written = 0, refused = 0;
  for (int round = 0; round < 20; ++round) {
    int unknown = 0;
    std::atomic<int> answered = 0;
    std::thread caller([&] {
      Context context;
      const auto call = commands->Execute(&context);
      v1::ExecuteRequest group;
      *group.add_commands()->mutable_publish() = to("channels/x");
      v1::ExecuteResponse response;
      while (call->Write(group) && call->Read(&response)) answered += response.outcomes(0).cursor().empty() ? 0 : 1;
      const auto said = shown(call->Finish());
      refused += said == "UNAVAILABLE SHUTTING_DOWN" ? 1 : 0;
      unknown += said == "UNAVAILABLE SHUTTING_DOWN" ? 0 : 1;
    });
    while (answered < round % 4 + 1) std::this_thread::yield();
    stop();
    caller.join();
    start();
    const auto kept = static_cast<int>(head());
    EXPECT_GE(kept, written + answered);
    EXPECT_LE(kept, written + answered + unknown);
    written = kept;
  }
  EXPECT_GT(refused, 0);
}

TEST_F(CommandServiceTest, CarriesOutWhatIsNoPublicationAsItsOwnRpcWould) {
  Context context;
  const auto call = commands->Execute(&context);
  const auto execute = [&](const v1::ExecuteRequest& group) {
    v1::ExecuteResponse response;
    EXPECT_TRUE(call->Write(group) && call->Read(&response));
    EXPECT_EQ(response.outcomes_size(), group.commands_size());
    return response;
  };
  v1::ExecuteRequest group;
  auto& start = *group.add_commands()->mutable_start_task();
  start.set_user_id("alice");
  start.set_type("simulate");
  auto& claimed = *group.add_commands()->mutable_start_task();
  claimed.set_user_id("alice");
  claimed.set_name("by hand");
  claimed.set_claim(true);
  group.add_commands()->mutable_start_task();
  *group.add_commands()->mutable_publish() = to("channels/x");
  group.add_commands();
  const auto begun = execute(group);
  const auto& id = begun.outcomes(0).start_task().task().task_id();
  EXPECT_FALSE(id.empty());
  const auto& lease = begun.outcomes(1).start_task().lease().lease();
  EXPECT_FALSE(lease.empty());
  EXPECT_TRUE(refusal(begun.outcomes(2)).starts_with("INVALID_ARGUMENT ")) << refusal(begun.outcomes(2));
  EXPECT_TRUE(parse_cursor(begun.outcomes(3).cursor()));
  EXPECT_EQ(refusal(begun.outcomes(4)), "INVALID_ARGUMENT MALFORMED_MESSAGE");

  group.Clear();
  auto& cancel = *group.add_commands()->mutable_cancel_task();
  cancel.set_user_id("alice");
  cancel.set_task_id(id);
  auto& report = *group.add_commands()->mutable_report();
  report.set_lease(lease);
  report.set_seq(1);
  report.mutable_progress()->set_done(3);
  group.add_commands()->mutable_report()->set_lease("00112233445566778899aabbccddeeff");
  auto& large = *group.add_commands()->mutable_report();
  large.set_lease(lease);
  large.add_output()->set_text(std::string(std::size_t{1} << 20, 'x'));
  const auto done = execute(group);
  EXPECT_EQ(done.outcomes(0).cancel_task().task().task_id(), id);
  EXPECT_EQ(done.outcomes(1).report().lease().lease(), lease);
  EXPECT_EQ(refusal(done.outcomes(2)), "FAILED_PRECONDITION LEASE_LOST");
  EXPECT_EQ(refusal(done.outcomes(3)), "RESOURCE_EXHAUSTED PAYLOAD_TOO_LARGE");
  EXPECT_TRUE(reaches("alice", id, v1::TASK_STATE_CANCELLED));
  call->WritesDone();
  EXPECT_TRUE(call->Finish().ok());
}

TEST_F(CommandServiceTest, TellsLargeOutcomesInSeveralMessages) {
  v1::StartTaskRequest start;
  start.set_user_id("alice");
  start.set_name("by hand");
  start.set_claim(true);
  auto& numbers = *(*start.mutable_params()->mutable_fields())["numbers"].mutable_list_value();
  for (int i = 0; i < 20'000; ++i) numbers.add_values()->set_number_value(1);
  v1::ExecuteRequest group;
  for (int i = 0; i < kMostGroupTasks; ++i) {
    v1::StartTaskResponse started;
    ASSERT_EQ(shown(this->call(*tasks, &v1::TaskService::Stub::StartTask, start, &started)), "OK");
    auto& cancel = *group.add_commands()->mutable_cancel_task();
    cancel.set_user_id("alice");
    cancel.set_task_id(started.task().task_id());
  }
  Context context;
  const auto call = commands->Execute(&context);
  ASSERT_TRUE(call->Write(group));
  int told = 0, messages = 0;
  for (; told < group.commands_size(); ++messages) {
    v1::ExecuteResponse response;
    ASSERT_TRUE(call->Read(&response));
    EXPECT_LE(response.ByteSizeLong(), std::size_t{2} << 20);
    for (const auto& outcome : response.outcomes())
      EXPECT_EQ(outcome.cancel_task().task().task_id(), group.commands(told++).cancel_task().task_id());
  }
  EXPECT_GT(messages, 5);
  call->WritesDone();
  EXPECT_TRUE(call->Finish().ok());
}

TEST_F(CommandServiceTest, TakesSoManyStartsAndCancelsInAGroup) {
  v1::ExecuteRequest group;
  for (int i = 0; i < kMostGroupTasks; ++i) group.add_commands()->mutable_cancel_task();
  group.add_commands()->mutable_start_task();
  Context context;
  const auto call = commands->Execute(&context);
  v1::ExecuteResponse response;
  EXPECT_TRUE(call->Write(group));
  EXPECT_FALSE(call->Read(&response));
  EXPECT_EQ(shown(call->Finish()), "INVALID_ARGUMENT INVALID_BATCH");
}

TEST_F(CommandServiceTest, AnswersWithTasksWhoseParamsAreNestedAsDeepAsMayBe) {
  v1::StartTaskRequest start;
  start.set_user_id("alice");
  start.set_claim(true);
  auto* params = start.mutable_params();
  for (int deep = 1; deep < 31; ++deep) params = (*params->mutable_fields())["a"].mutable_struct_value();
  v1::ExecuteRequest group;
  *group.add_commands()->mutable_start_task() = start;
  Context context;
  const auto call = commands->Execute(&context);
  v1::ExecuteResponse response;
  ASSERT_TRUE(call->Write(group) && call->Read(&response));
  ASSERT_TRUE(response.outcomes(0).has_start_task()) << response.outcomes(0).message();
  group.Clear();
  auto& cancel = *group.add_commands()->mutable_cancel_task();
  cancel.set_user_id("alice");
  cancel.set_task_id(response.outcomes(0).start_task().task().task_id());
  ASSERT_TRUE(call->Write(group) && call->Read(&response));
  EXPECT_TRUE(response.outcomes(0).cancel_task().task().has_params());
}

TEST_F(CommandServiceTest, RefusesEachPublicationWhereAllAreTooMany) {
  v1::ExecuteRequest group;
  for (int i = 0; i < 2; ++i) {
    auto& batch = *group.add_commands()->mutable_publish_batch();
    for (int event = 0; event < 501; ++event) *batch.add_events() = to("channels/x");
  }
  Context context;
  const auto call = commands->Execute(&context);
  v1::ExecuteResponse response;
  ASSERT_TRUE(call->Write(group) && call->Read(&response));
  for (const auto& outcome : response.outcomes()) EXPECT_EQ(refusal(outcome), "INVALID_ARGUMENT INVALID_BATCH");
  EXPECT_EQ(head(), 0);
}

}  // namespace
}  // namespace taskwire::rpc
