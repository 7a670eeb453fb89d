#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

/// Programs outside that do tasks, over HTTP.
class WorkTest : public testing::Test {
 protected:
  explicit WorkTest(const std::vector<std::string>& engine_arguments = {}) : services(engine_arguments) {}

  [[nodiscard]] std::uint16_t port() const { return services.edge.port(); }
  json ask(const std::string& path, const json& body, int status = 200, Headers headers = {}) const {
    const auto answer = post(port(), path, body, std::move(headers));
    EXPECT_EQ(answer.status, status) << path << ": " << answer.body;
    return answer.json();
  }
  void make_type(const std::string& type, const json& settings = json::object()) const {
    const auto made =
        request(port(), "PUT", "/api/task-types/" + type, {{"Content-Type", "application/json"}}, settings.dump());
    EXPECT_EQ(made.status, 200) << made.body;
  }
  std::string start(const json& body) const { return ask("/api/tasks/alice/start", body, 202)["taskId"]; }
  [[nodiscard]] json task(const std::string& id) const { return get(port(), "/api/tasks/alice/" + id).json(); }
  [[nodiscard]] json wait_for(const std::string& id, const std::string& status) const {
    json found;
    EXPECT_TRUE(eventually([&] { return (found = task(id))["status"] == status; })) << found;
    return found;
  }
  /// Sends a claim that waits, and does not wait for the answer.
  [[nodiscard]] Socket claim(const std::string& type) const {
    const std::string body = json{{"worker", "w"}, {"types", {type}}, {"waitMs", 60'000}}.dump();
    Socket socket(port());
    socket.send(
        "POST /api/work/claim HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    return socket;
  }
  [[nodiscard]] std::int64_t workers_of(const std::string& name) const {
    const auto types = get(port(), "/api/task-types").json()["types"];
    for (const auto& type : types) {
      if (type["type"] == name) return type["workers"];
    }
    return -1;
  }

  Services services;
};

TEST_F(WorkTest, AShellScriptIsATaskByThreeRequests) {
  Stream stream(port(), "/api/task-progress/alice?types=taskUpdate");
  const auto started =
      ask("/api/tasks/alice/start", {{"claim", true}, {"worker", "host-1"}, {"taskName", "Nightly backup"}}, 202);
  const std::string lease = started["lease"];
  EXPECT_EQ(lease.size(), 32U);
  EXPECT_EQ(started["type"], "external");
  EXPECT_EQ(started["status"], "running");
  EXPECT_EQ(started["worker"], "host-1");
  EXPECT_GT(started["leaseMs"], 0);
  EXPECT_TRUE(started["leaseExpiresAt"].is_string());
  const auto reported = ask(
      "/api/work/report",
      {{"lease", lease},
       {"progress",
        {{"done", 3}, {"total", 12}, {"condition", "paused"}, {"steps", {{{"name", "Copy"}, {"state", "running"}}}}}}});
  EXPECT_EQ(reported["cancelRequested"], false);
  EXPECT_GT(reported["leaseMs"], 0);
  const auto finished = ask("/api/work/finish", {{"lease", lease}, {"result", {{"files", 12}}}});
  EXPECT_EQ(finished["status"], "succeeded");
  EXPECT_EQ(finished["result"]["files"], 12);
  std::string told;
  json last;
  while (last["status"] != "succeeded") {
    const auto event = stream.next("taskUpdate");
    ASSERT_TRUE(event);
    last = json::parse(event->data);
    if (last.contains("condition"))
      told += last["condition"].get<std::string>() + last["steps"][0]["name"].get<std::string>();
    EXPECT_EQ(event->data.find(lease), std::string::npos) << "a lease is in no event";
    EXPECT_FALSE(last.contains("worker")) << "in answers only";
  }
  EXPECT_EQ(told.substr(0, 10), "pausedCopy");
  EXPECT_EQ(last["progressPercentage"], 100);
  EXPECT_EQ(get(port(), "/api/tasks/alice").body.find(lease), std::string::npos);
}

TEST_F(WorkTest, WorkersTakeTasksReportAndFinish) {
  make_type("resize",
            {{"description", "Makes an image smaller"},
             {"params",
              {{"required", {"path"}},
               {"properties",
                {{"path", {{"type", "string"}}},
                 {"size", {{"default", json::object()}, {"properties", {{"width", {{"default", 800}}}}}}}}}}}});
  EXPECT_EQ(post(port(), "/api/tasks/alice/start", {{"type", "resize"}}).json()["detail"],
            "params.path is required; add it");
  const auto id = start({{"type", "resize"}, {"params", {{"path", "a.png"}}}});
  EXPECT_EQ(task(id)["queuedBecause"], "NO_WORKER");
  const auto claimed = ask("/api/work/claim", {{"worker", "host-1"}, {"types", {"resize"}}, {"max", 10}});
  ASSERT_EQ(claimed["assignments"].size(), 1U) << claimed;
  const auto& assignment = claimed["assignments"][0];
  EXPECT_EQ(assignment["task"]["taskId"], id);
  EXPECT_EQ(assignment["task"]["status"], "running");
  EXPECT_EQ(assignment["task"]["params"], (json{{"path", "a.png"}, {"size", {{"width", 800}}}}));
  const std::string lease = assignment["lease"];
  ask("/api/work/report", {{"lease", lease}, {"seq", 1}, {"progress", {{"percent", 40}, {"stage", "Reading"}}}});
  EXPECT_TRUE(eventually([&] { return task(id)["progressPercentage"] == 40; }));
  EXPECT_EQ(task(id)["stage"], "Reading");
  EXPECT_EQ(task(id)["worker"], "host-1");
  ask("/api/work/report", {{"lease", lease}, {"seq", 2}, {"progress", {{"stage", nullptr}, {"indeterminate", true}}}});
  EXPECT_TRUE(eventually([&] { return task(id)["stage"] == ""; }));
  EXPECT_EQ(task(id)["indeterminate"], true);
  const auto failed =
      ask("/api/work/finish", {{"lease", lease}, {"error", {{"reason", "NO_FILE"}, {"message", "gone"}}}});
  EXPECT_EQ(failed["status"], "failed");
  EXPECT_EQ(failed["error"], (json{{"reason", "NO_FILE"}, {"message", "gone"}}));
  EXPECT_EQ(ask("/api/work/claim", {{"worker", "host-1"}, {"types", {"resize"}}})["assignments"], json::array());
  EXPECT_EQ(request(port(), "DELETE", "/api/task-types/resize").status, 204);
  EXPECT_EQ(request(port(), "DELETE", "/api/task-types/resize").json()["reason"], "TYPE_NOT_FOUND");
}

TEST_F(WorkTest, AClaimWaitsUntilThereIsATask) {
  make_type("resize");
  auto waiting = claim("resize");
  ASSERT_TRUE(eventually([&] { return workers_of("resize") == 1; }));
  const auto id = start({{"type", "resize"}});
  HttpReader reader(waiting);
  const auto head = reader.read_head();
  EXPECT_EQ(head.status, 200);
  const auto claimed = json::parse(reader.read_body(head));
  EXPECT_EQ(claimed["assignments"][0]["task"]["taskId"], id);
}

TEST_F(WorkTest, ACallerWhoGoesWhileItWaitsTakesNothing) {
  make_type("resize");
  {
    auto gone = claim("resize");
    ASSERT_TRUE(eventually([&] { return workers_of("resize") == 1; }));
  }
  auto stays = claim("resize");
  const auto id = start({{"type", "resize"}});
  HttpReader reader(stays);
  const auto head = reader.read_head();
  EXPECT_EQ(json::parse(reader.read_body(head))["assignments"][0]["task"]["taskId"], id);
}

TEST_F(WorkTest, RepeatedClaimsAndFinishesAreAnsweredTheSame) {
  make_type("resize");
  start({{"type", "resize"}});
  start({{"type", "resize"}});
  const json body = {{"worker", "host-1"}, {"types", {"resize"}}};
  const auto claimed = ask("/api/work/claim", body, 200, {{"Idempotency-Key", "k"}});
  const auto again = ask("/api/work/claim", body, 200, {{"Idempotency-Key", "k"}});
  const std::string lease = claimed["assignments"][0]["lease"];
  EXPECT_EQ(again["assignments"][0]["lease"], lease);
  ask("/api/work/claim", {{"worker", "host-2"}, {"types", {"resize"}}}, 422, {{"Idempotency-Key", "k"}});
  const json result = {{"lease", lease}, {"result", {{"a", 1}}}};
  const auto finished = ask("/api/work/finish", result);
  EXPECT_EQ(ask("/api/work/finish", result), finished);
  EXPECT_EQ(ask("/api/work/finish", {{"lease", lease}, {"cancelled", true}}, 409)["reason"], "ALREADY_FINISHED");
  EXPECT_EQ(ask("/api/work/report", {{"lease", lease}}, 409)["reason"], "LEASE_LOST");
  const json own = {{"claim", true}};
  const auto started = ask("/api/tasks/alice/start", own, 202, {{"Idempotency-Key", "s"}});
  EXPECT_EQ(ask("/api/tasks/alice/start", own, 202, {{"Idempotency-Key", "s"}})["lease"], started["lease"]);
}

TEST_F(WorkTest, ClaimsWithAKeyThatDoNotWaitAreAnswered) {
  make_type("resize");
  for (int i = 0; i < 200; ++i) {
    const auto claimed = ask("/api/work/claim", {{"worker", "w"}, {"types", {"resize"}}, {"waitMs", 0}}, 200,
                             {{"Idempotency-Key", "k" + std::to_string(i)}});
    EXPECT_EQ(claimed["assignments"], json::array());
  }
}

TEST_F(WorkTest, ACancelIsToldByTheNextReport) {
  const auto started = ask("/api/tasks/alice/start", {{"claim", true}}, 202);
  const std::string id = started["taskId"];
  EXPECT_EQ(ask("/api/tasks/alice/" + id + "/cancel", json::object(), 202)["status"], "cancelling");
  EXPECT_EQ(ask("/api/work/report", {{"lease", started["lease"]}})["cancelRequested"], true);
  EXPECT_EQ(ask("/api/work/finish", {{"lease", started["lease"]}, {"cancelled", true}})["status"], "cancelled");
  const std::string retry = "/api/tasks/alice/" + id + "/retry";
  EXPECT_EQ(ask(retry, json::object(), 409)["reason"], "CLAIM_REQUIRED");
  const auto again = ask(retry, {{"claim", true}}, 202);
  EXPECT_EQ(again["attempt"], 2);
  EXPECT_NE(again["lease"], started["lease"]);
}

TEST_F(WorkTest, RefusesWhatIsNoWork) {
  const std::string none(32, '0');
  const struct {
    const char* path;
    json body;
    int status;
    const char* reason;
  } cases[] = {
      {"/api/work/claim", {{"worker", ""}, {"types", {"external"}}}, 400, "INVALID_WORKER"},
      {"/api/work/claim", {{"worker", "w"}, {"types", json::array()}}, 400, "INVALID_TYPES"},
      {"/api/work/claim", {{"worker", "w"}, {"types", {"nonsense"}}}, 400, "UNKNOWN_TASK_TYPE"},
      {"/api/work/claim", {{"worker", "w"}, {"types", {"simulate"}}}, 400, "TYPE_BUILT_IN"},
      {"/api/work/report", {{"lease", "x"}}, 400, "INVALID_LEASE"},
      {"/api/work/report", {{"lease", none}}, 409, "LEASE_LOST"},
      {"/api/work/report", {{"lease", none}, {"progress", {{"percent", 101}}}}, 400, "INVALID_PROGRESS"},
      {"/api/work/finish", {{"lease", none}, {"cancelled", true}}, 409, "LEASE_LOST"},
      {"/api/work/finish", {{"lease", none}}, 400, "INVALID_OUTCOME"},
      {"/api/tasks/alice/start", {{"type", "external"}}, 409, "CLAIM_REQUIRED"},
      {"/api/tasks/alice/start", {{"type", "simulate"}, {"claim", true}}, 400, "TYPE_BUILT_IN"},
  };
  for (const auto& expected : cases)
    EXPECT_EQ(ask(expected.path, expected.body, expected.status)["reason"], expected.reason);
  const auto put = [&](const std::string& type, const json& body) {
    return request(port(), "PUT", "/api/task-types/" + type, {{"Content-Type", "application/json"}}, body.dump())
        .json();
  };
  EXPECT_EQ(put("simulate", json::object())["reason"], "TYPE_BUILT_IN");
  EXPECT_EQ(put("Resize", json::object())["reason"], "INVALID_TYPE");
  const auto schema = put("resize", {{"params", {{"properties", {{"a", {{"pattern", "x"}}}}}}}});
  EXPECT_EQ(schema["reason"], "UNSUPPORTED_SCHEMA");
  EXPECT_NE(schema["detail"].get<std::string>().find("params.properties.a.pattern"), std::string::npos);
}

class ShortLeaseTest : public WorkTest {
 protected:
  ShortLeaseTest() : WorkTest({"--lease", "1s"}) {}
};

TEST_F(ShortLeaseTest, WorkThatIsNotHeardOfIsLost) {
  const auto started = ask("/api/tasks/alice/start", {{"claim", true}}, 202);
  const auto lost = wait_for(started["taskId"], "failed");
  EXPECT_EQ(lost["error"]["reason"], "WORKER_LOST");
  EXPECT_EQ(ask("/api/work/report", {{"lease", started["lease"]}}, 409)["reason"], "LEASE_LOST");
  EXPECT_EQ(ask("/api/work/finish", {{"lease", started["lease"]}, {"result", json::object()}}, 409)["reason"],
            "LEASE_LOST");
}

TEST_F(ShortLeaseTest, LostWorkOfATypeThatIsTriedAgainGoesBackToTheQueue) {
  make_type("resize", {{"retry", {{"attempts", 2}, {"backoffMs", 1}}}});
  const auto id = start({{"type", "resize"}});
  ASSERT_EQ(ask("/api/work/claim", {{"worker", "w"}, {"types", {"resize"}}})["assignments"].size(), 1U);
  const auto again = ask("/api/work/claim", {{"worker", "w2"}, {"types", {"resize"}}, {"waitMs", 20'000}});
  ASSERT_EQ(again["assignments"].size(), 1U);
  EXPECT_EQ(again["assignments"][0]["task"]["taskId"], id);
  EXPECT_EQ(again["assignments"][0]["task"]["attempt"], 2);
}

}  // namespace
}  // namespace taskwire::test
