#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

class GrpcurlTest : public testing::Test {
 protected:
  void SetUp() override {
    program = find_program("grpcurl");
    if (program.empty()) GTEST_SKIP() << "no grpcurl on this machine";
  }
  Ran call(const std::string& method, const json& request) {
    return run({program, "-plaintext", "-emit-defaults", "-d", request.dump(), services.engine.address(),
                "taskwire.v1." + method});
  }

  std::string program;
  Services services;
};

TEST_F(GrpcurlTest, ListsTheServices) {
  const auto list = run({program, "-plaintext", services.engine.address(), "list"});
  EXPECT_EQ(list.status, 0) << list.output;
  for (const auto* service : {"taskwire.v1.TaskService", "taskwire.v1.EventService", "grpc.health.v1.Health"}) {
    EXPECT_NE(list.output.find(service), std::string::npos) << list.output;
  }
}

TEST_F(GrpcurlTest, DescribesWhatItLists) {
  const auto described =
      run({program, "-plaintext", services.engine.address(), "describe", "taskwire.v1.EventService"});
  EXPECT_EQ(described.status, 0);
  EXPECT_NE(
      described.output.find("rpc Watch ( .taskwire.v1.WatchRequest ) returns ( stream .taskwire.v1.WatchResponse );"),
      std::string::npos)
      << described.output;
}

TEST_F(GrpcurlTest, StartsATaskThatAWatchShows) {
  Process watch({program, "-plaintext", "-d", R"({"topics":["tasks/alice"],"snapshot":{}})", services.engine.address(),
                 "taskwire.v1.EventService/Watch"});
  ASSERT_TRUE(watch.wait_for_line("synced")) << watch.output();
  const auto started = call("TaskService/StartTask", {{"user_id", "alice"},
                                                      {"type", "simulate"},
                                                      {"name", "Data Processing"},
                                                      {"params", {{"durationMs", 300}, {"steps", 3}}}});
  ASSERT_EQ(started.status, 0) << started.output;
  const auto task = json::parse(started.output).value("task", json::object());
  EXPECT_EQ(task.value("state", ""), "TASK_STATE_QUEUED");
  EXPECT_TRUE(watch.wait_for_line(task.value("task_id", "?"))) << watch.output();
  EXPECT_TRUE(watch.wait_for_line("TASK_STATE_SUCCEEDED")) << watch.output();
}

TEST_F(GrpcurlTest, ToldWhatWasWrong) {
  const auto refused = call("TaskService/StartTask", {{"user_id", "a b"}});
  EXPECT_NE(refused.status, 0);
  EXPECT_NE(refused.output.find("INVALID_USER_ID: "), std::string::npos) << refused.output;
  EXPECT_NE(refused.output.find("InvalidArgument"), std::string::npos) << refused.output;
}

TEST_F(GrpcurlTest, SeesTheHealth) {
  const auto health = run({program, "-plaintext", "-d", R"({"service":"taskwire.v1.TaskService"})",
                           services.engine.address(), "grpc.health.v1.Health/Check"});
  EXPECT_NE(health.output.find("SERVING"), std::string::npos) << health.output;
}

TEST_F(GrpcurlTest, PublishesToABrowsersStream) {
  Stream stream(services.edge.port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  const auto published =
      call("EventService/Publish", {{"topic", "channels/news"}, {"type", "greeting"}, {"data", "hello"}});
  ASSERT_EQ(published.status, 0) << published.output;
  const auto event = stream.next("greeting");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->data, "hello");
  EXPECT_EQ(event->last_event_id, json::parse(published.output).value("cursor", ""));
}

}  // namespace
}  // namespace taskwire::test
