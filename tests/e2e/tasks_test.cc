#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

std::string start(std::uint16_t port, const std::string& user, const json& body) {
  const auto response = post(port, "/api/tasks/" + user + "/start", body);
  EXPECT_EQ(response.status, 202) << response.body;
  const auto task = response.json();
  EXPECT_EQ(response.header("Location"), task["taskId"].get<std::string>()) << "relative to the request";
  return task["taskId"];
}

json simulate(int duration_ms, int steps) {
  return {{"params", {{"durationMs", duration_ms}, {"steps", steps}}}};
}

class TasksTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }
  Services services;
};

TEST_F(TasksTest, ShowProgressThatNeverFallsUntilTheyEnd) {
  Stream stream(port(), "/api/task-progress/alice");
  ASSERT_EQ(stream.head().status, 200);
  ASSERT_TRUE(stream.next("synced"));
  const auto id =
      start(port(), "alice", {{"taskName", "Data Processing"}, {"params", {{"durationMs", 1500}, {"steps", 10}}}});
  std::vector<std::string> states;
  int percent = 0;
  int updates = 0;
  while (states.empty() || states.back() != "succeeded") {
    const auto event = stream.next("taskUpdate");
    ASSERT_TRUE(event);
    const auto update = json::parse(event->data);
    EXPECT_EQ(update["taskId"], id);
    EXPECT_EQ(update["eventId"], event->last_event_id);
    EXPECT_EQ(update["taskName"], "Data Processing");
    EXPECT_GE(update["progressPercentage"], percent);
    percent = update["progressPercentage"];
    ++updates;
    if (states.empty() || states.back() != update["status"]) states.push_back(update["status"]);
  }
  EXPECT_EQ(states, (std::vector<std::string>{"queued", "running", "succeeded"}));
  EXPECT_EQ(percent, 100);
  EXPECT_GE(updates, 6);
}

TEST_F(TasksTest, EndTheirOwnStreamAndNeedNoMore) {
  const auto id = start(port(), "alice", simulate(300, 3));
  const std::string target = "/api/task-progress/alice/" + id;
  Stream stream(port(), target);
  std::string state;
  while (const auto event = stream.next()) {
    if (event->type == "taskUpdate") state = json::parse(event->data)["status"];
  }
  EXPECT_EQ(state, "succeeded");
  EXPECT_TRUE(stream.wait_for_end());
  ASSERT_FALSE(stream.last_event_id().empty());
  EXPECT_EQ(get(port(), target, {{"Last-Event-ID", stream.last_event_id()}}).status, 204);
  EXPECT_EQ(get(port(), target + "?lastEventId=" + stream.last_event_id()).status, 204);
}

TEST_F(TasksTest, OfAnotherUserOrNoneAreNotFound) {
  const auto id = start(port(), "alice", simulate(100, 1));
  for (const auto& target :
       {"/api/tasks/bob/" + id, std::string("/api/tasks/alice/aaaaaaaaaaaa"), "/api/task-progress/bob/" + id}) {
    const auto response = get(port(), target);
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_EQ(response.json()["reason"], "TASK_NOT_FOUND");
    EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
  }
}

TEST_F(TasksTest, AreCancelledOnceAndStayEnded) {
  Stream stream(port(), "/api/task-progress/alice");
  const auto id = start(port(), "alice", simulate(60'000, 600));
  const std::string cancel = "/api/tasks/alice/" + id + "/cancel";
  std::string state;
  while (state != "running") state = json::parse(stream.next("taskUpdate")->data)["status"];
  EXPECT_EQ(post(port(), cancel, json::object()).status, 202);
  while (state != "cancelled") {
    const auto event = stream.next("taskUpdate");
    ASSERT_TRUE(event);
    state = json::parse(event->data)["status"];
  }
  const auto again = post(port(), cancel, json::object());
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.json()["reason"], "TASK_ENDED");
}

TEST_F(TasksTest, AreStartedOnceForOneKey) {
  const Headers key = {{"Idempotency-Key", "k-1"}};
  const auto first = post(port(), "/api/tasks/alice/start", simulate(100, 1), key);
  const auto second = post(port(), "/api/tasks/alice/start", simulate(100, 1), key);
  const auto other = post(port(), "/api/tasks/alice/start", simulate(200, 1), key);
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(second.status, 202);
  EXPECT_EQ(first.json()["taskId"], second.json()["taskId"]);
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.json()["reason"], "IDEMPOTENCY_KEY_REUSED");
  EXPECT_EQ(post(port(), "/api/tasks/bob/start", simulate(100, 1), key).status, 202);
  services.engine.kill();
  services.engine.restart();
  Response after;
  ASSERT_TRUE(eventually([&] {
    after = post(port(), "/api/tasks/alice/start", simulate(100, 1), key);
    return after.status != 503;
  }));
  EXPECT_EQ(after.json()["taskId"], first.json()["taskId"]);
}

TEST_F(TasksTest, AreCancelledAndRetriedOnceForOneKey) {
  const Headers key = {{"Idempotency-Key", "k-1"}};
  const auto id = start(port(), "alice", simulate(60'000, 600));
  const auto task = "/api/tasks/alice/" + id;
  const auto is = [&](const std::string& status, int attempt) {
    return eventually([&] {
      const auto now = get(port(), task).json();
      return now["status"] == status && now["attempt"] == attempt;
    });
  };
  ASSERT_TRUE(is("running", 1));
  EXPECT_EQ(post(port(), task + "/cancel", json::object(), key).status, 202);
  ASSERT_TRUE(is("cancelled", 1));
  EXPECT_EQ(post(port(), task + "/cancel", json::object(), key).status, 202);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(post(port(), task + "/retry", json::object(), key).status, 202) << i;
  ASSERT_TRUE(is("running", 2));
  const auto late = post(port(), task + "/cancel", json::object(), key);
  EXPECT_EQ(late.status, 202);
  EXPECT_EQ(late.json()["status"], "running") << "it meant the first attempt";
  EXPECT_EQ(post(port(), task + "/cancel", json::object(), {{"Idempotency-Key", "a b"}}).json()["reason"],
            "INVALID_REQUEST_ID");
}

TEST_F(TasksTest, AreListedWithTheStateThatTheListIsTrueAt) {
  const auto first = start(port(), "alice", simulate(100, 1));
  const auto second = start(port(), "alice", {{"type", "countdown"}, {"params", {{"from", 1}, {"intervalMs", 1}}}});
  json list;
  ASSERT_TRUE(eventually([&] {
    list = get(port(), "/api/tasks/alice?status=succeeded").json();
    return list["tasks"].size() == 2;
  })) << list;
  EXPECT_EQ(list["tasks"][0]["taskId"], second);
  EXPECT_EQ(list["tasks"][1]["taskId"], first);
  EXPECT_FALSE(list["tasks"][0].contains("result"));
  EXPECT_TRUE(get(port(), "/api/tasks/alice/" + second).json().contains("result"));
  EXPECT_EQ(get(port(), "/api/tasks/alice/" + second).json()["params"]["from"], 1);
  const auto page = get(port(), "/api/tasks/alice?pageSize=1").json();
  EXPECT_EQ(page["tasks"].size(), 1U);
  EXPECT_EQ(get(port(), "/api/tasks/alice?pageSize=1&pageToken=" + page["nextPageToken"].get<std::string>())
                .json()["tasks"][0]["taskId"],
            first);
}

TEST_F(TasksTest, ChecksumEqualsSha256sum) {
  if (find_program("sha256sum").empty()) GTEST_SKIP() << "no sha256sum here";
  const auto& folder = services.data.path();
  // The engine was started in the folder of the tests, so the folder with the checked files is named from there.
  TemporaryFolder files;
  const auto tree = files.path() / "tree" / "sub";
  std::filesystem::create_directories(tree);
  for (int i = 0; i < 20; ++i) {
    Ran made = run(
        {"sh", "-c",
         "head -c " + std::to_string(i * 70'001) + " /dev/urandom > " + (tree / ("f" + std::to_string(i))).string()});
    ASSERT_EQ(made.status, 0);
  }
  Service engine("taskwire-engine", {"--data-dir", folder / "other", "--files-root", files.path()});
  Service edge("taskwire-edge", {"--engine", engine.address()});
  ASSERT_TRUE(eventually([&] { return get(edge.port(), "/readyz").status == 200; }));
  const auto id = start(edge.port(), "alice", {{"type", "checksum"}, {"params", {{"path", "tree"}}}});
  json task;
  ASSERT_TRUE(eventually([&] {
    task = get(edge.port(), "/api/tasks/alice/" + id).json();
    return task["status"] == "succeeded" || task["status"] == "failed";
  }));
  ASSERT_EQ(task["status"], "succeeded") << task;
  std::map<std::string, std::string> expected;
  std::istringstream sums(
      run({"sh", "-c", "cd " + (files.path() / "tree").string() + " && find . -type f -print0 | xargs -0 sha256sum"})
          .output);
  for (std::string sum, name; sums >> sum >> name;) expected[name.substr(2)] = sum;
  EXPECT_EQ(expected.size(), 20U);
  EXPECT_EQ(task["result"]["digests"].get<decltype(expected)>(), expected);
}

TEST_F(TasksTest, AreGivenUpWhenTheEngineFallsWithThemAgainAndAgain) {
  TemporaryFolder files;
  std::ofstream(files.path() / "endless");
  std::filesystem::resize_file(files.path() / "endless", std::uintmax_t{64} << 30);  // takes a minute, and no room
  Service engine("taskwire-engine",
                 {"--data-dir", services.data.path() / "other", "--files-root", files.path(), "--demo-sources=false"});
  Service edge("taskwire-edge", {"--engine", engine.address()});
  ASSERT_TRUE(eventually([&] { return get(edge.port(), "/readyz").status == 200; }));
  const auto id = start(edge.port(), "alice", {{"type", "checksum"}});
  json task;
  const auto comes_to = [&](const std::string& status, int attempt) {
    return eventually([&] {
      const auto response = get(edge.port(), "/api/tasks/alice/" + id);
      if (response.status != 200) return false;
      task = response.json();
      return task["status"] == status && task["attempt"] == attempt;
    });
  };
  for (int attempt = 1; attempt <= 3; ++attempt) {
    ASSERT_TRUE(comes_to("running", attempt)) << task;
    engine.kill();
    engine.restart();
  }
  ASSERT_TRUE(comes_to("failed", 3)) << task;
  EXPECT_EQ(task["error"]["reason"], "ENGINE_CRASHED");
}

TEST_F(TasksTest, AreRefusedWithAReason) {
  const struct {
    json body;
    const char* reason;
  } cases[] = {
      {{{"type", "nothing"}}, "UNKNOWN_TASK_TYPE"},
      {{{"params", {{"steps", "many"}}}}, "INVALID_PARAMS"},
      {{{"params", {{"steps", -1}}}}, "INVALID_PARAMS"},
      {{{"params", {{"stepz", 1}}}}, "INVALID_PARAMS"},
      {{{"taskName", std::string(300, 'x')}}, "INVALID_NAME"},
      {{{"name", "x"}}, "INVALID_BODY"},
      {json::array(), "INVALID_BODY"},
  };
  for (const auto& bad : cases) {
    const auto response = post(port(), "/api/tasks/alice/start", bad.body);
    EXPECT_EQ(response.status, 400) << bad.body;
    EXPECT_EQ(response.json()["reason"], bad.reason) << response.body;
    EXPECT_FALSE(response.json()["detail"].get<std::string>().empty());
  }
  EXPECT_EQ(post(port(), "/api/tasks/alice/start", json::object(), {{"Idempotency-Key", std::string(256, 'k')}})
                .json()["reason"],
            "INVALID_REQUEST_ID");
}

}  // namespace
}  // namespace taskwire::test
