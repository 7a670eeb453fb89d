#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/http.h"
#include "support/services.h"
#include "text/time_text.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

std::string in(milliseconds time) {
  return time_text(std::chrono::system_clock::now() + time);
}

class WaitingTest : public testing::Test {
 protected:
  [[nodiscard]] std::string start(const json& body) const {
    const auto response = post(services.edge.port(), "/api/tasks/alice/start", body);
    EXPECT_EQ(response.status, 202) << response.body;
    return response.json()["taskId"];
  }
  [[nodiscard]] json task(const std::string& id) const {
    const auto response = get(services.edge.port(), "/api/tasks/alice/" + id);
    return response.status == 200 ? response.json() : json{{"status", "unknown"}};
  }
  /// The task when it has come to `status`.
  [[nodiscard]] json wait_for(const std::string& id, const std::string& status) const {
    json found;
    EXPECT_TRUE(eventually([&] { return (found = task(id))["status"] == status; })) << found;
    return found;
  }

  Services services;
};

TEST_F(WaitingTest, TasksBeginAtTheirTime) {
  const auto time = in(milliseconds(1500));
  const auto id = start({{"params", {{"durationMs", 0}}}, {"notBefore", time}});
  const auto waiting = task(id);
  EXPECT_EQ(waiting["status"], "queued");
  EXPECT_EQ(waiting["notBefore"], time);
  EXPECT_EQ(waiting["queuedBecause"], "NOT_BEFORE");
  EXPECT_EQ(get(services.edge.port(), "/api/tasks/alice").json()["tasks"][0]["queuedBecause"], "NOT_BEFORE");
  const auto done = wait_for(id, "succeeded");
  EXPECT_GE(done["startedAt"].get<std::string>(), time);
  EXPECT_FALSE(done.contains("notBefore"));
  EXPECT_FALSE(done.contains("queuedBecause"));
}

TEST_F(WaitingTest, TasksCanBeCancelledBeforeTheirTime) {
  const auto id = start({{"notBefore", in(std::chrono::hours(24))}});
  const auto cancelled = post(services.edge.port(), "/api/tasks/alice/" + id + "/cancel", json::object());
  EXPECT_EQ(cancelled.json()["status"], "cancelled");
}

TEST_F(WaitingTest, TasksFailWhenTheirTimeIsOver) {
  const auto failed = wait_for(start({{"params", {{"durationMs", 3'600'000}}}, {"timeLimitMs", 300}}), "failed");
  EXPECT_EQ(failed["error"]["reason"], "TIME_LIMIT");
  EXPECT_EQ(failed["timeLimitMs"], 300);
  EXPECT_EQ(failed["attempt"], 1);
}

TEST_F(WaitingTest, TasksAreTriedAgainAsOftenAsTheyMay) {
  const auto id = start({{"params", {{"durationMs", 0}, {"failAt", 50}}}, {"maxAttempts", 3}});
  const auto failed = wait_for(id, "failed");
  EXPECT_EQ(failed["attempt"], 3);
  EXPECT_EQ(failed["maxAttempts"], 3);
  EXPECT_EQ(failed["lastAttempt"], 3);
  ASSERT_EQ(failed["attempts"].size(), 3U) << failed;
  for (int i = 0; i < 3; ++i) {
    const auto& attempt = failed["attempts"][static_cast<std::size_t>(i)];
    EXPECT_EQ(attempt["attempt"], i + 1);
    EXPECT_EQ(attempt["outcome"], "failed");
    EXPECT_EQ(attempt["error"]["reason"], "SIMULATED_FAILURE");
  }
  const auto again = post(services.edge.port(), "/api/tasks/alice/" + id + "/retry", json::object()).json();
  EXPECT_EQ(again["attempt"], 4);
  EXPECT_EQ(again["lastAttempt"], 6) << "by hand: as many anew";
}

TEST_F(WaitingTest, TasksOutliveAKillOfTheEngineAndBeginAfterIt) {
  std::vector<std::string> later;
  std::vector<std::string> failing;
  for (int i = 0; i < 10; ++i)
    failing.push_back(start({{"params", {{"durationMs", 0}, {"failAt", 0}}}, {"maxAttempts", 3}}));
  for (int i = 0; i < 50; ++i)
    later.push_back(start({{"params", {{"durationMs", 0}}}, {"notBefore", in(milliseconds(3000 + 20 * i))}}));
  ASSERT_TRUE(eventually([&] {
    return std::all_of(failing.begin(), failing.end(), [&](const auto& id) { return task(id)["attempt"] > 1; });
  }));
  services.engine.kill();
  services.engine.restart();
  for (const auto& id : later) EXPECT_EQ(wait_for(id, "succeeded")["attempt"], 1);
  for (const auto& id : failing) {
    const auto failed = wait_for(id, "failed");
    // One that ran at the moment of the kill is not run again.
    EXPECT_TRUE(failed["error"]["reason"] == "INTERRUPTED" || failed["attempt"] == 3) << failed;
  }
}

}  // namespace
}  // namespace taskwire::test
