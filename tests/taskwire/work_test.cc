#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <signal.h>
#include <string>
#include <vector>

#include "support/http.h"
#include "taskwire/fake_server.h"
#include "taskwire/running.h"

namespace taskwire::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<std::string> work_command(const std::string& url, const std::vector<std::string>& options,
                                      const std::string& script) {
  std::vector<std::string> words = {program_path("taskwire"), "work", "--url", url, "--type", "resize"};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {"--", "sh", "-c", script});
  return words;
}

TEST(Work, StopsACommandWhoseLeaseIsOver) {
  FakeServer server;
  Process worker(work_command(server.url(), {}, "echo ready; exec sleep 1000"));
  ASSERT_TRUE(worker.wait_for_line("ready"));
  server.set({.lease_ms = 2000, .assigns = false});
  server.lose_lease();
  EXPECT_TRUE(worker.wait_for_line("could not be told: the lease is over"));
  worker.signal(SIGTERM);
  EXPECT_EQ(worker.wait(), 0);
}

TEST(Work, FreesItsPlaceWhereATaskTakesTooLong) {
  Services services;
  ASSERT_EQ(request(services.edge.port(), "PUT", "/api/task-types/resize", {{"Content-Type", "application/json"}}, "{}")
                .status,
            200);
  Process worker(work_command("http://" + services.edge.address(), {"--json"},
                              "read p; case $p in *slow*) exec sleep 1000;; esac"));
  const json slow = {{"type", "resize"}, {"params", {{"how", "slow"}}}, {"timeLimitMs", 1000}};
  const json quick = {{"type", "resize"}};
  for (const auto& task : {slow, quick}) {
    const auto started = post(services.edge.port(), "/api/tasks/alice/start", task);
    ASSERT_EQ(started.status, 202) << started.body;
  }
  const auto succeeded = [&] {
    return get(services.edge.port(), "/api/tasks/alice?status=succeeded").json()["tasks"].size() == 1;
  };
  EXPECT_TRUE(eventually(succeeded)) << worker.output();
  EXPECT_THAT(worker.output(), HasSubstr(R"("exitStatus":143,"status":"cancelled")"));
  worker.signal(SIGTERM);
  EXPECT_EQ(worker.wait(), 0);
  EXPECT_THAT(worker.output(), HasSubstr(R"("exitStatus":0,"status":"succeeded")"));
}

TEST(Work, HasACommandThatFailedRunAgainAsItsTypeSays) {
  Services services;
  const json type = {{"retry", {{"attempts", 3}, {"backoffMs", 1}, {"maxBackoffMs", 1}}}};
  ASSERT_EQ(request(services.edge.port(), "PUT", "/api/task-types/resize", {{"Content-Type", "application/json"}},
                    type.dump())
                .status,
            200);
  Process worker(work_command("http://" + services.edge.address(), {}, "exit 4"));
  const auto started = post(services.edge.port(), "/api/tasks/alice/start", json{{"type", "resize"}});
  ASSERT_EQ(started.status, 202) << started.body;
  const auto path = "/api/tasks/alice/" + started.json()["taskId"].get<std::string>();
  EXPECT_TRUE(eventually([&] { return get(services.edge.port(), path).json()["status"] == "failed"; }));
  EXPECT_EQ(get(services.edge.port(), path).json()["attempt"], 3);
}

TEST(Work, DoesWhatWasAssignedWhileItWasTold) {
  FakeServer server;
  server.set({.holds_claims = true});
  Process worker(work_command(server.url(), {}, "echo at work"));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.claims.size() == 1; }));
  server.set({.assigns = false});
  worker.signal(SIGTERM);
  EXPECT_EQ(worker.wait(), 0) << worker.output();
  EXPECT_THAT(worker.output(), HasSubstr("at work"));
  EXPECT_EQ(server.told().finishes.size(), 1U);
}

TEST(Work, RepeatsAClaimAsItWas) {
  FakeServer server;
  TemporaryFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path() / name).string(); };
  for (const auto* const gate : {"1", "2"}) ASSERT_EQ(run({"mkfifo", path(gate)}).status, 0);
  Process worker(work_command(
      server.url(), {"--parallel", "2"},
      "cd '" + folder.path().string() + "'; mkdir first 2>/dev/null && g=1 || g=2; echo ready $g; read x <$g"));
  ASSERT_TRUE(worker.wait_for_line("ready 1"));
  ASSERT_TRUE(worker.wait_for_line("ready 2"));
  const auto claims = server.told().claims.size();
  server.set({.forgets_claims = true});
  std::ofstream(path("1")) << "go\n";
  ASSERT_TRUE(server.wait_until([&](const auto& told) { return told.claims.size() > claims; }));
  std::ofstream(path("2")) << "go\n";
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.finishes.size() == 2; }));
  const auto later = server.told().claims.size();
  ASSERT_TRUE(server.wait_until([&](const auto& told) { return told.claims.size() >= later + 2; }));
  std::map<std::string, std::string> bodies;
  for (const auto& claim : server.told().claims) {
    const auto [known, is_new] = bodies.emplace(claim["key"].get<std::string>(), claim.dump());
    EXPECT_EQ(known->second, claim.dump());
  }
}

TEST(Work, IsNotEndedByAMalformedAssignment) {
  FakeServer server;
  server.set({.lease_ms = "soon"});
  Process worker(work_command(server.url(), {}, "echo at work; kill -TERM $PPID"));
  EXPECT_EQ(worker.wait(), 0) << worker.output();
  EXPECT_THAT(worker.output(), HasSubstr("at work"));
}

}  // namespace
}  // namespace taskwire::test
