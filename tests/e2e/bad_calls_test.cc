#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

/// A call, and what has to come back: a status, and a message that begins with a reason and has `word` in it.
struct BadCall {
  const char* method;
  json request;
  const char* code;
  const char* reason;
  const char* word;
};

const char* const kStart = "TaskService/StartTask";
const char* const kPublish = "EventService/Publish";
const char* const kRead = "EventService/ReadEvents";

std::vector<BadCall> bad_calls() {
  const json task = {{"user_id", "alice"}, {"task_id", "aaaaaaaaaaaa"}};
  const std::string large(65'537, 'x');
  return {
      {kStart, json::object(), "InvalidArgument", "INVALID_USER_ID", "128"},
      {kStart, {{"user_id", "a b"}}, "InvalidArgument", "INVALID_USER_ID", "A-Z"},
      {kStart, {{"user_id", "alice"}, {"type", "nothing"}}, "InvalidArgument", "UNKNOWN_TASK_TYPE", "simulate"},
      {kStart, {{"user_id", "alice"}, {"name", "a\nb"}}, "InvalidArgument", "INVALID_NAME", "control characters"},
      {kStart, {{"user_id", "alice"}, {"params", {{"speed", 1}}}}, "InvalidArgument", "INVALID_PARAMS", "durationMs"},
      {kStart, {{"user_id", "alice"}, {"params", {{"steps", 0}}}}, "InvalidArgument", "INVALID_PARAMS", "steps"},
      {kStart,
       {{"user_id", "alice"}, {"type", "checksum"}, {"params", {{"path", 5}}}},
       "InvalidArgument",
       "INVALID_PARAMS",
       "path"},
      {kStart,
       {{"user_id", "alice"}, {"type", "countdown"}, {"params", {{"result", {{"a", large}}}}}},
       "InvalidArgument",
       "PARAMS_TOO_LARGE",
       "64 KiB"},
      {kStart,
       {{"user_id", "alice"}, {"not_before", "2999-01-01T00:00:00Z"}},
       "InvalidArgument",
       "INVALID_NOT_BEFORE",
       "10 years"},
      {kStart, {{"user_id", "alice"}, {"time_limit_ms", 0}}, "InvalidArgument", "INVALID_TIME_LIMIT", "30 days"},
      {kStart, {{"user_id", "alice"}, {"max_attempts", 101}}, "InvalidArgument", "INVALID_MAX_ATTEMPTS", "1 to 100"},
      {kStart, {{"user_id", "alice"}, {"request_id", "a b"}}, "InvalidArgument", "INVALID_REQUEST_ID", "255"},
      {"TaskService/GetTask", task, "NotFound", "TASK_NOT_FOUND", "no such task"},
      {"TaskService/CancelTask", task, "NotFound", "TASK_NOT_FOUND", "no such task"},
      {"TaskService/RetryTask", task, "NotFound", "TASK_NOT_FOUND", "no such task"},
      {"TaskService/DeleteTask", task, "NotFound", "TASK_NOT_FOUND", "no such task"},
      {"TaskService/ListTasks",
       {{"user_id", "alice"}, {"page_size", -1}},
       "InvalidArgument",
       "INVALID_PAGE_SIZE",
       "1000"},
      {"TaskService/ListTasks", {{"user_id", "alice"}, {"states", {0}}}, "InvalidArgument", "INVALID_STATUS", "QUEUED"},
      {"TaskService/ListTasks",
       {{"user_id", "alice"}, {"states", {99}}},
       "InvalidArgument",
       "INVALID_STATUS",
       "QUEUED"},
      {kRead, {{"max_lag", -5}}, "InvalidArgument", "INVALID_LIMIT", "max_lag"},
      {"EventService/Watch", {{"tail", {{"events", -3}}}}, "InvalidArgument", "INVALID_LIMIT", "tail.events"},
      {"TaskService/ListTasks",
       {{"user_id", "alice"}, {"page_token", "x"}},
       "InvalidArgument",
       "INVALID_PAGE_TOKEN",
       "first page"},
      {kPublish, {{"topic", "news"}}, "InvalidArgument", "INVALID_TOPIC", "channels/{name}"},
      {kPublish, {{"topic", "tasks/alice"}}, "PermissionDenied", "TOPIC_READ_ONLY", "engine alone"},
      {kPublish, {{"topic", "channels/host"}}, "PermissionDenied", "TOPIC_READ_ONLY", "engine alone"},
      {kPublish, {{"topic", "channels/a"}, {"type", "reset"}}, "InvalidArgument", "INVALID_EVENT_TYPE", "sends itself"},
      {kPublish, {{"topic", "channels/a"}, {"retry_ms", 5}}, "InvalidArgument", "INVALID_RETRY", "3600000"},
      {kPublish, {{"topic", "channels/a"}, {"data", std::string("a\0b", 3)}}, "InvalidArgument", "INVALID_DATA", "NUL"},
      {kPublish, {{"topic", "channels/a"}, {"data", large}}, "ResourceExhausted", "PAYLOAD_TOO_LARGE", "61,440 bytes"},
      {kPublish, {{"topic", "channels/pulse"}, {"data", "{}"}}, "InvalidArgument", "INVALID_EVENT_TYPE", "pulse"},
      {kPublish,
       {{"topic", "channels/pulse"}, {"type", "pulse"}, {"data", "{}"}},
       "InvalidArgument",
       "INVALID_DATA",
       "userId"},
      {"EventService/PublishBatch", json::object(), "InvalidArgument", "INVALID_BATCH", "1000"},
      {"EventService/PublishBatch",
       {{"events", {{{"topic", "channels/a"}, {"request_id", "k"}}}}},
       "InvalidArgument",
       "INVALID_REQUEST_ID",
       "batch"},
      {kRead, {{"topics", {"news"}}}, "InvalidArgument", "INVALID_TOPIC", "channels/{name}"},
      {kRead, {{"page_size", 257}}, "InvalidArgument", "INVALID_PAGE_SIZE", "256"},
      {kRead, {{"state", true}, {"until", "x"}}, "InvalidArgument", "INVALID_CURSOR", "until"},
      {kRead, {{"state", true}, {"others_after", "x"}}, "InvalidArgument", "INVALID_CURSOR", "others_after"},
      {"EventService/Watch", {{"topics", {"news"}}}, "InvalidArgument", "INVALID_TOPIC", "channels/{name}"},
  };
}

class BadCallsTest : public testing::Test {
 protected:
  void SetUp() override {
    program = find_program("grpcurl");
    if (program.empty()) GTEST_SKIP() << "no grpcurl on this machine";
  }
  Ran call(const std::string& method, const json& request) {
    return run({program, "-plaintext", "-d", request.dump(), services.engine.address(), "taskwire.v1." + method});
  }
  void expect(const BadCall& wrong) {
    const auto shown = wrong.method + (" " + wrong.request.dump().substr(0, 200));
    const auto refused = call(wrong.method, wrong.request);
    EXPECT_NE(refused.status, 0) << shown;
    EXPECT_NE(refused.output.find(std::string("Code: ") + wrong.code), std::string::npos) << shown << refused.output;
    EXPECT_NE(refused.output.find(std::string("Message: ") + wrong.reason + ": "), std::string::npos)
        << shown << refused.output;
    EXPECT_NE(refused.output.find(wrong.word), std::string::npos) << shown << refused.output;
  }

  std::string program;
  Services services;
};

TEST_F(BadCallsTest, GetTheRightStatusAndAreToldWhatToDo) {
  for (const auto& wrong : bad_calls()) expect(wrong);
}

TEST_F(BadCallsTest, AboutATasksStateAreToldTheState) {
  const auto started = call(kStart, {{"user_id", "alice"}, {"params", {{"durationMs", 60'000}}}});
  ASSERT_EQ(started.status, 0) << started.output;
  const json task = {{"user_id", "alice"}, {"task_id", json::parse(started.output)["task"]["task_id"]}};
  expect({"TaskService/DeleteTask", task, "FailedPrecondition", "TASK_NOT_ENDED", "cancel"});
  expect({"TaskService/RetryTask", task, "FailedPrecondition", "TASK_NOT_RETRYABLE", "running"});
  ASSERT_EQ(call("TaskService/CancelTask", task).status, 0);
  ASSERT_TRUE(eventually(
      [&] { return call("TaskService/GetTask", task).output.find("TASK_STATE_CANCELLED") != std::string::npos; }));
  expect({"TaskService/CancelTask", task, "FailedPrecondition", "TASK_ENDED", "cancelled"});
}

TEST_F(BadCallsTest, ThatRepeatAnIdForSomethingElseAreRefused) {
  ASSERT_EQ(call(kPublish, {{"topic", "channels/a"}, {"data", "1"}, {"request_id", "k"}}).status, 0);
  expect({kPublish,
          {{"topic", "channels/a"}, {"data", "2"}, {"request_id", "k"}},
          "InvalidArgument",
          "IDEMPOTENCY_KEY_REUSED",
          "new one"});
}

}  // namespace
}  // namespace taskwire::test
