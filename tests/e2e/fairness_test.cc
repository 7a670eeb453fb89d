#include <atomic>
#include <ctime>
#include <gtest/gtest.h>
#include <iostream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

// Sanitizers make everything several times as slow.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSlowness = 5;
#else
constexpr int kSlowness = 1;
#endif
constexpr int kPromisedMs = 1000;                 // until it begins, where there is a free place
constexpr int kPromisedFreeMs = 100 * kSlowness;  // since a place became free for it
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

/// With one place for all: the next that is free is bob's, whatever waits of alice.
TEST(Turns, GiveTheNextFreePlaceToWhoHasWaitedForTheirsLongest) {
  const Services services({"--durability", "normal", "--workers", "1"});
  const auto port = services.edge.port();
  start_many(port, kMany, {{"params", {{"durationMs", 50}, {"steps", 1}}}});
  Stream stream(port, "/api/events?topic=tasks/alice&topic=tasks/bob&from=now");
  std::set<std::string> begun;
  std::string bobs;
  std::int64_t free_since = 0;
  int before = 0;      // that began while bob's task waited
  int since_free = 0;  // and since a place became free
  for (;;) {
    const auto event = stream.next("taskUpdate");
    ASSERT_TRUE(event);
    if (bobs.empty()) bobs = post(port, "/api/tasks/bob/start", {{"params", {{"durationMs", 0}}}}).json()["taskId"];
    const auto task = json::parse(event->data);
    const auto time = ms_of(task["timestamp"]);
    const bool begins = task["status"] == "running" && begun.insert(task["taskId"]).second;
    if (task["taskId"] == bobs) {
      if (begins) {
        std::cout << "began " << time - free_since << " ms after a place became free for it\n";
        EXPECT_LT(time - free_since, kPromisedFreeMs);
        break;
      }
      free_since = time;
      before = since_free = 0;
    }
    if (begins) {
      ++before;
      ++since_free;
    }
    if (task.contains("finishedAt")) {
      since_free = 0;
      free_since = time;
    }
  }
  EXPECT_EQ(since_free, 0);
  EXPECT_LE(before, 1) << "only the one that had been chosen before it was there";
}

TEST_F(Fairness, LetsATaskBeginWhileAnotherUserHoldsTenThousandThatTakeADay) {
  start_many(services.edge.port(), kMany, {{"params", {{"durationMs", kDayMs}}}});
  const auto waited = bobs_wait();
  std::cout << "waited " << waited << " ms behind 10,000 day-long tasks of another user\n";
  EXPECT_LT(waited, kPromisedMs);
}

TEST_F(Fairness, LetsATaskBeginWhileAnotherUserHoldsTenThousandThatStartTomorrow) {
  start_many(services.edge.port(), kMany, {{"notBefore", in_a_day()}});
  const auto waited = bobs_wait();
  std::cout << "waited " << waited << " ms behind 10,000 tasks of another user that start tomorrow\n";
  EXPECT_LT(waited, kPromisedMs);
  const auto refused = post(services.edge.port(), "/api/tasks/alice/start", json::object());
  EXPECT_EQ(refused.status, 429) << "they hold their places";
  EXPECT_EQ(refused.json()["reason"], "QUEUE_FULL");
}

}  // namespace
}  // namespace taskwire::test
