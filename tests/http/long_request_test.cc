#include "http/long_request.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace taskwire::edge {
namespace {

Result<v1::StartTaskRequest> parse(Endpoint endpoint, const std::string& body = "",
                                   const char* type = "application/json") {
  HttpRequest request;
  request.method = "POST";
  request.body = body;
  request.headers = {{"Content-Type", type}, {"Idempotency-Key", "k"}};
  return parse_long_request(request, {endpoint, Kind::write, {"alice"}});
}

TEST(LongRequest, RunsTenAttempts) {
  const auto start = parse(Endpoint::run_attempts);
  EXPECT_EQ(start->user_id(), "alice");
  EXPECT_EQ(start->type(), "attempts");
  EXPECT_EQ(start->request_id(), "POST/sse/task:k");
  EXPECT_EQ(parse(Endpoint::run_countdown)->request_id(), "POST/sse/object:k");
}

TEST(LongRequest, CountsDownToTheObjectOfTheBody) {
  EXPECT_FALSE(parse(Endpoint::run_countdown)->has_params()) << "the type has an object of its own";
  const auto start = parse(Endpoint::run_countdown, R"({"Name":"Eva","Age":31})");
  EXPECT_EQ(start->type(), "countdown");
  const auto& object = start->params().fields().at("result").struct_value();
  EXPECT_EQ(object.fields().at("Name").string_value(), "Eva");
}

TEST(LongRequest, RefusesWhatIsNoObject) {
  EXPECT_EQ(parse(Endpoint::run_attempts, R"({"a":1})").error().reason, Reason::invalid_body);
  EXPECT_TRUE(parse(Endpoint::run_attempts, "{}"));
  EXPECT_EQ(parse(Endpoint::run_countdown, "[1]").error().reason, Reason::invalid_body);
  EXPECT_EQ(parse(Endpoint::run_countdown, "{").error().reason, Reason::invalid_json);
  EXPECT_EQ(parse(Endpoint::run_countdown, "{}", "text/plain").error().reason, Reason::unsupported_media_type);
}

TEST(LongRequest, RefusesAnObjectThatNoMessageCarries) {
  const auto object = [](std::size_t size) { return R"({"a":")" + std::string(size - 8, 'x') + R"("})"; };
  EXPECT_TRUE(parse(Endpoint::run_countdown, "  " + object(61'440)));
  const auto refused = parse(Endpoint::run_countdown, object(61'441));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::payload_too_large);
  v1::Task task;
  task.set_state(v1::TASK_STATE_FAILED);
  task.mutable_error()->set_reason("PAYLOAD_TOO_LARGE");
  EXPECT_EQ(long_answer(task).status, 413U) << "where the engine found it out";
}

TEST(LongRequest, IsAnsweredByTheTasksEnd) {
  v1::Task task;
  task.set_user_id("alice");
  task.set_task_id("k3v7qm2xw5ta");
  task.set_state(v1::TASK_STATE_SUCCEEDED);
  task.mutable_end_time()->set_seconds(1'767'349'845);
  const auto done = long_answer(task);
  EXPECT_EQ(done.status, 200U);
  EXPECT_EQ(done.content(),
            R"({"message":"Task completed","data":"User 'alice' completed the task at: 2026-01-02T10:30:45.000Z"})");
  task.set_state(v1::TASK_STATE_CANCELLED);
  EXPECT_EQ(nlohmann::json::parse(long_answer(task).content())["reason"], "TASK_CANCELLED");
  task.set_state(v1::TASK_STATE_FAILED);
  task.mutable_error()->set_reason("INTERRUPTED");
  const auto failed = long_answer(task);
  EXPECT_EQ(failed.status, 500U);
  EXPECT_NE(failed.content().find("INTERRUPTED"), std::string::npos);
  EXPECT_EQ(task_location({.method = "POST", .target = "/sse/task/alice"}, task), "../../api/tasks/alice/k3v7qm2xw5ta");
}

}  // namespace
}  // namespace taskwire::edge
