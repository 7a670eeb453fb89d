#include <atomic>
#include <ctime>
#include <gtest/gtest.h>
#include <iostream>
#include <thread>
#include <vector>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

constexpr int kMany = 10'000;
constexpr int kDayMs = 24 * 60 * 60 * 1000;

/// Starts `count` tasks of alice, over a few connections at once.
void start_many(std::uint16_t port, int count, const json& body) {
  constexpr int kConnections = 16;
  std::atomic<int> left = count;
  const auto text = body.dump();
  const auto request =
      "POST /api/tasks/alice/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(text.size()) + "\r\n\r\n" + text;
  std::vector<std::thread> threads;
  for (int i = 0; i < kConnections; ++i) {
    threads.emplace_back([&] {
      Socket socket(port);
      HttpReader reader(socket);
      while (left-- > 0) {
        socket.send(request);
        const auto head = reader.read_head();
        const auto answer = reader.read_body(head);
        ASSERT_EQ(head.status, 202) << answer;
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

/// Milliseconds since 1970.
std::int64_t ms_of(const json& time) {
  std::tm parts{};
  const auto text = time.get<std::string>();
  const char* const rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  return std::int64_t{timegm(&parts)} * 1000 + std::stoi(std::string(rest + 1, 3));
}

std::string in_a_day() {
  const auto time = std::time(nullptr) + 24 * 60 * 60;
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

struct Fairness : testing::Test {
  /// Starts a task of bob, and answers how many milliseconds it waited.
  std::int64_t bobs_wait() const {
    const auto id =
        post(services.edge.port(), "/api/tasks/bob/start", {{"params", {{"durationMs", 0}}}}).json()["taskId"];
    json task;
    EXPECT_TRUE(eventually([&] {
      task = get(services.edge.port(), "/api/tasks/bob/" + id.get<std::string>()).json();
      return task.contains("startedAt");
    }));
    return ms_of(task["startedAt"]) - ms_of(task["createdAt"]);
  }

  Services services{{"--durability", "normal", "--workers", "4"}};
};

/// With one place for all: what is free next is bob's, whatever waits of alice.
TEST(FairnessOfTurns, GivesTheNextFreePlaceToWhoHasWaitedOfTheirTurnLongest) {
  Services services({"--durability", "normal", "--workers", "1"});
  const auto port = services.edge.port();
  start_many(port, kMany, {{"params", {{"durationMs", 50}, {"steps", 1}}}});
  Stream stream(port, "/api/events?topic=tasks/alice&topic=tasks/bob&from=now&envelope");
  ASSERT_TRUE(stream.wait_for_id());
  ASSERT_EQ(post(port, "/api/tasks/bob/start", {{"params", {{"durationMs", 0}}}}).status, 202);
  bool is_waiting = false;
  std::int64_t free_since = 0;
  int others = 0;          // that began since bob's task waits
  int others_at_once = 0;  // since a place became free
  for (;;) {
    const auto event = stream.next("envelope");
    ASSERT_TRUE(event);
    const auto task = json::parse(event->data.substr(event->data.find('\n') + 1));
    const bool is_bobs = task["userId"] == "bob";
    if (is_bobs && task["status"] == "queued") {
      is_waiting = true;
      free_since = ms_of(task["timestamp"]);
    }
    if (!is_waiting) continue;
    const bool begins = task["status"] == "running" && task["done"] == 0 && task["timestamp"] == task["startedAt"];
    if (is_bobs && begins) {
      std::cout << "began " << ms_of(task["timestamp"]) - free_since << " ms after a place was free\n";
      break;
    }
    if (begins) ++others, ++others_at_once;
    if (task.contains("finishedAt")) {
      others_at_once = 0;
      free_since = ms_of(task["timestamp"]);
    }
  }
  EXPECT_EQ(others_at_once, 0);
  EXPECT_LE(others, 1) << "whose turn it was when bob's came";
}

TEST_F(Fairness, LetsATaskBeginWhileAnotherUserHoldsTenThousandThatTakeADay) {
  start_many(services.edge.port(), kMany, {{"params", {{"durationMs", kDayMs}}}});
  const auto waited = bobs_wait();
  std::cout << "waited " << waited << " ms behind 10,000 day-long tasks of another user\n";
  EXPECT_LT(waited, 10'000);
}

TEST_F(Fairness, LetsATaskBeginWhileAnotherUserHoldsTenThousandThatStartTomorrow) {
  start_many(services.edge.port(), kMany, {{"notBefore", in_a_day()}});
  const auto waited = bobs_wait();
  std::cout << "waited " << waited << " ms behind 10,000 tasks of another user that start tomorrow\n";
  EXPECT_LT(waited, 10'000);
  const auto refused = post(services.edge.port(), "/api/tasks/alice/start", json::object());
  EXPECT_EQ(refused.status, 429) << "they hold their places";
  EXPECT_EQ(refused.json()["reason"], "QUEUE_FULL");
}

}  // namespace
}  // namespace taskwire::test
