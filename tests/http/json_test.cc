#include <gtest/gtest.h>

#include "http/json_body.h"
#include "http/start_body.h"
#include "http/task_json.h"
#include "text/json_writer.h"

namespace taskwire::edge {
namespace {

TEST(JsonBody, TakesWhatIsOptional) {
  EXPECT_TRUE(parse_start_body(""));
  EXPECT_TRUE(parse_start_body("{}"));
  const auto request =
      parse_start_body(R"({"type":"checksum","taskName":"Sums","params":{"path":".","deep":{"a":[1,true,null,"x"]}}})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->type(), "checksum");
  EXPECT_EQ(request->name(), "Sums");
  std::string params;
  JsonWriter json(params);
  write_struct(json, request->params());
  EXPECT_EQ(params, R"({"deep":{"a":[1,true,null,"x"]},"path":"."})");
}

TEST(JsonBody, TakesWhenAndHowOftenATaskRuns) {
  for (const auto* time : {"2026-01-02T10:30:45Z", "2026-01-02t10:30:45.000z", "2026-01-02T12:30:45.0+02:00"}) {
    const auto request = parse_start_body(R"({"notBefore":")" + std::string(time) + R"(","timeLimitMs":1e3})");
    ASSERT_TRUE(request) << time;
    EXPECT_EQ(request->not_before().seconds(), 1767349845) << time;
    EXPECT_EQ(request->time_limit_ms(), 1000);
    EXPECT_FALSE(request->has_max_attempts());
  }
  const auto request = parse_start_body(R"({"timeLimitMs":0,"maxAttempts":7})");
  EXPECT_TRUE(request->has_time_limit_ms()) << "the engine refuses it";
  EXPECT_EQ(request->max_attempts(), 7);
  EXPECT_FALSE(request->has_not_before());
}

TEST(JsonBody, TakesWhoDoesTheWork) {
  const auto start = parse_start_body(R"({"claim":true,"worker":"host-1"})");
  ASSERT_TRUE(start);
  EXPECT_TRUE(start->claim());
  EXPECT_EQ(start->worker(), "host-1");
  const auto retry = parse_retry_body(R"({"claim":true,"worker":"host-1"})");
  ASSERT_TRUE(retry);
  EXPECT_TRUE(retry->claim());
  EXPECT_EQ(retry->worker(), "host-1");
  for (const auto* const body : {"", "{}"}) EXPECT_FALSE(parse_retry_body(body)->claim());
  EXPECT_EQ(parse_retry_body(R"({"claim":1})").error().detail, "\"claim\" is true or false.");
  EXPECT_EQ(parse_retry_body(R"({"worker":1})").error().detail, "\"worker\" is a string.");
  EXPECT_EQ(parse_retry_body(R"({"type":"x"})").error().detail, "\"type\" is not known here; known: claim and worker.");
}

TEST(JsonBody, NamesWhatIsWrong) {
  const struct {
    const char* body;
    Reason reason;
    const char* word;
  } cases[] = {
      {"{", Reason::invalid_json, "JSON"},
      {"[]", Reason::invalid_body, "object"},
      {R"({"type":1})", Reason::invalid_body, "type"},
      {R"({"params":[]})", Reason::invalid_body, "params"},
      {R"({"claim":"yes"})", Reason::invalid_body, "\"claim\" is true or false"},
      {R"({"worker":[]})", Reason::invalid_body, "\"worker\" is a string"},
      {R"({"taskname":"x"})", Reason::invalid_body, "taskname"},
      {"{} x", Reason::invalid_json, "JSON"},
      {R"({"notBefore":5})", Reason::invalid_body, "notBefore"},
      {R"({"notBefore":""})", Reason::invalid_not_before, "RFC 3339"},
      {R"({"notBefore":"tomorrow"})", Reason::invalid_not_before, "RFC 3339"},
      {R"({"notBefore":"2026-01-02T10:30:45"})", Reason::invalid_not_before, "offset"},
      {R"({"notBefore":"2026-02-30T10:30:45Z"})", Reason::invalid_not_before, "RFC 3339"},
      {R"({"notBefore":"9999-12-31T23:59:59-01:00"})", Reason::invalid_not_before, "RFC 3339"},
      {R"({"notBefore":"0001-01-01T00:00:00+01:00"})", Reason::invalid_not_before, "RFC 3339"},
      {R"({"notBefore":"2026-01-02"})", Reason::invalid_not_before, "RFC 3339"},
      {R"({"notBefore":"2026-01-02T10:30:45Zx"})", Reason::invalid_not_before, "RFC 3339"},
      {R"({"timeLimitMs":"5"})", Reason::invalid_body, "timeLimitMs"},
      {R"({"timeLimitMs":1.5})", Reason::invalid_body, "timeLimitMs"},
      {R"({"timeLimitMs":1e300})", Reason::invalid_body, "timeLimitMs"},
      {R"({"maxAttempts":null})", Reason::invalid_body, "maxAttempts"},
      {R"({"maxAttempts":0})", Reason::invalid_max_attempts, "1 to 100"},
      {R"({"maxAttempts":9007199254740992})", Reason::invalid_max_attempts, "1 to 100"},
      {R"({"type":"simulate","type":"countdown"})", Reason::invalid_json, "\"type\""},
      {R"({"params":{"steps":1,"steps":2}})", Reason::invalid_json, "\"steps\""},
      {"\"\xff\"", Reason::invalid_json, "UTF-8"},
  };
  for (const auto& expected : cases) {
    const auto request = parse_start_body(expected.body);
    ASSERT_FALSE(request) << expected.body;
    EXPECT_EQ(request.error().status(), 400U);
    EXPECT_EQ(request.error().reason, expected.reason) << expected.body;
    EXPECT_NE(request.error().detail.find(expected.word), std::string::npos) << request.error().detail;
  }
}

TEST(JsonBody, RefusesWhatWouldArriveAsSomethingElse) {
  EXPECT_TRUE(parse_object(R"({"a":[9007199254740992,-9007199254740992,1.5]})"));
  for (const auto* body : {R"({"a":1e999})", R"({"a":"\ud800"})", R"({"\udc00":1})", R"({"a":9007199254740993})",
                           R"({"a":[-9007199254740993]})", R"({"a":{"b":18446744073709551615}})"})
    EXPECT_EQ(parse_object(body).error().reason, Reason::invalid_body) << body;
}

TEST(JsonBody, RefusesAByteOrderMark) {
  EXPECT_EQ(check_json("\xEF\xBB\xBF{}").error().reason, Reason::invalid_json);
}

TEST(JsonBody, TakesNoneWhereNoneIsWanted) {
  HttpRequest request;
  EXPECT_TRUE(check_no_body(request));
  request.headers = {{"Content-Type", "application/json"}};
  request.body = "{}";
  EXPECT_TRUE(check_no_body(request));
  request.body = R"({"a":1})";
  EXPECT_EQ(check_no_body(request).error().reason, Reason::invalid_body);
}

TEST(JsonBody, RefusesWhatIsNestedTooDeep) {
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  EXPECT_EQ(check_json(deep).error().reason, Reason::invalid_json);
  std::string params = "1";
  for (int i = 0; i < 30; ++i) params = R"({"a":)" + params + "}";
  EXPECT_FALSE(parse_start_body(R"({"params":)" + params + "}"));
  EXPECT_TRUE(check_json(std::string(60, '[') + std::string(60, ']')));
}

TEST(JsonBody, WantsTheMediaTypeUnlessEmpty) {
  HttpRequest request;
  EXPECT_TRUE(check_json_type(request));
  request.body = "{}";
  EXPECT_EQ(check_json_type(request).error().status(), 415U);
  request.headers = {{"Content-Type", "Application/JSON; charset=utf-8"}};
  EXPECT_TRUE(check_json_type(request));
  request.headers = {{"Content-Type", "text/plain"}};
  EXPECT_EQ(check_json_type(request).error().reason, Reason::unsupported_media_type);
}

TEST(TaskJson, HasTheKeysOfATaskUpdate) {
  v1::Event event;
  event.set_cursor("e-7");
  event.mutable_time()->set_seconds(1767349845);
  event.mutable_time()->set_nanos(123'000'000);
  auto& task = *event.mutable_task();
  task.set_task_id("k3v7qm2xw5ta");
  task.set_user_id("alice");
  task.set_name("Data Processing");
  task.set_type("simulate");
  task.set_state(v1::TASK_STATE_RUNNING);
  task.set_attempt(1);
  *task.mutable_create_time() = event.time();
  auto& progress = *task.mutable_progress();
  progress.set_percent(60);
  progress.set_done(600);
  progress.set_total(1000);
  progress.set_unit("items");
  progress.set_stage("Processing");
  progress.set_message("Processing data...");
  EXPECT_EQ(
      task_update_json(event),
      R"({"eventId":"e-7","taskId":"k3v7qm2xw5ta","userId":"alice","taskName":"Data Processing","progressPercentage":60,)"
      R"("status":"running","timestamp":"2026-01-02T10:30:45.123Z","message":"Processing data...","type":"simulate","attempt":1,)"
      R"("done":600,"total":1000,"unit":"items","stage":"Processing","createdAt":"2026-01-02T10:30:45.123Z"})");
}

TEST(TaskJson, SaysWhenAndHowOftenATaskRunsWhereThereIsSomethingToSay) {
  v1::Event event;
  auto& task = *event.mutable_task();
  task.mutable_not_before()->set_seconds(1767349845);
  task.set_time_limit_ms(5000);
  task.set_max_attempts(3);
  task.set_last_attempt(6);
  task.set_queued_because(v1::QUEUED_BECAUSE_NOT_BEFORE);
  task.set_queue_position(2);
  task.add_past_attempts()->set_attempt(3);
  const auto update = task_update_json(event);
  EXPECT_NE(
      update.find(R"("notBefore":"2026-01-02T10:30:45.000Z","timeLimitMs":5000,"maxAttempts":3,"lastAttempt":6})"),
      std::string::npos)
      << update;
  const auto answer = task_json(task);
  EXPECT_NE(answer.find(R"("queuedBecause":"NOT_BEFORE","queuePosition":2,"attempts":[{"attempt":3}])"),
            std::string::npos)
      << answer;
  v1::ListTasksResponse list;
  *list.add_tasks() = task;
  const auto listed = task_list_json(list);
  EXPECT_NE(listed.find(R"("queuedBecause":"NOT_BEFORE")"), std::string::npos) << listed;
  EXPECT_EQ(listed.find("attempts"), std::string::npos) << listed;
}

TEST(TaskJson, TellsOfEachAttemptAndThePresentOneLast) {
  v1::Task task;
  auto& first = *task.add_past_attempts();
  first.set_attempt(1);
  first.mutable_start_time()->set_seconds(1767349845);
  first.mutable_end_time()->set_seconds(1767349846);
  first.set_outcome(v1::TASK_STATE_FAILED);
  first.mutable_error()->set_reason("SIMULATED_FAILURE");
  first.mutable_error()->set_message("x");
  task.set_attempt(2);
  task.set_state(v1::TASK_STATE_RUNNING);
  task.mutable_start_time()->set_seconds(1767349847);
  const auto answer = task_json(task);
  EXPECT_NE(
      answer.find(
          R"("attempts":[{"attempt":1,"startedAt":"2026-01-02T10:30:45.000Z","finishedAt":"2026-01-02T10:30:46.000Z",)"
          R"("outcome":"failed","error":{"reason":"SIMULATED_FAILURE","message":"x"}},)"
          R"({"attempt":2,"startedAt":"2026-01-02T10:30:47.000Z"}])"),
      std::string::npos)
      << answer;
}

TEST(TaskJson, NamesEveryState) {
  for (int state = v1::TASK_STATE_QUEUED; state <= v1::TaskState_MAX; ++state) {
    const auto name = status_name(static_cast<v1::TaskState>(state));
    EXPECT_EQ(status_state(name), static_cast<v1::TaskState>(state));
  }
  EXPECT_EQ(status_state("done"), v1::TASK_STATE_UNSPECIFIED);
}

}  // namespace
}  // namespace taskwire::edge
