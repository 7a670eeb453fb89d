#include <csignal>
#include <future>
#include <gtest/gtest.h>
#include <set>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

class MessagesTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }
  Response send(const std::string& user, const std::string& text) {
    return request(port(), "POST", "/api/messages/" + user, {{"Content-Type", "text/plain"}}, text);
  }
  /// The task that runs for alice.
  std::string running_task() {
    std::string id;
    EXPECT_TRUE(eventually([&] {
      const auto tasks = get(port(), "/api/tasks/alice?status=running").json()["tasks"];
      if (!tasks.empty()) id = tasks[0]["taskId"];
      return !tasks.empty();
    }));
    return id;
  }
  std::future<Response> in_background(const std::string& method, const std::string& target) {
    return std::async(std::launch::async, [this, method, target] { return request(port(), method, target); });
  }

  Services services;
};

TEST_F(MessagesTest, GreetOnEachConnectWithoutId) {
  Stream stream(port(), "/sse/connect/alice");
  const auto greeting = stream.next();
  ASSERT_TRUE(greeting);
  EXPECT_EQ(greeting->type, "message");
  EXPECT_EQ(greeting->data, "User 'alice' connected");
  EXPECT_EQ(greeting->last_event_id, "");
  ASSERT_TRUE(stream.wait_for_id());
  const auto sent = send("alice", "hello");
  ASSERT_EQ(sent.status, 202) << sent.body;
  EXPECT_EQ(stream.next()->data, "hello");
  EXPECT_EQ(stream.last_event_id(), sent.json()["id"]);
  Stream again(port(), "/sse/connect/alice", stream.last_event_id());
  EXPECT_EQ(again.next()->data, "User 'alice' connected");
}

TEST_F(MessagesTest, ReachOnePersonOnly) {
  Stream alice(port(), "/sse/connect/alice");
  Stream bob(port(), "/sse/connect/bob");
  ASSERT_TRUE(alice.wait_for_id());
  ASSERT_TRUE(bob.wait_for_id());
  ASSERT_EQ(send("alice", "for alice").status, 202);
  ASSERT_EQ(send("bob", "for bob").status, 202);
  EXPECT_EQ(alice.next()->data, "User 'alice' connected");
  EXPECT_EQ(alice.next()->data, "for alice");
  EXPECT_EQ(bob.next()->data, "User 'bob' connected");
  EXPECT_EQ(bob.next()->data, "for bob");
}

TEST_F(MessagesTest, WaitForWhoIsAwayAlsoOverARestartOfBothServices) {
  std::string id;
  {
    Stream stream(port(), "/sse/connect/alice");
    ASSERT_TRUE(stream.wait_for_id());
    ASSERT_EQ(send("alice", "1").status, 202);
    EXPECT_EQ(stream.next()->data, "User 'alice' connected");
    EXPECT_EQ(stream.next()->data, "1");
    id = stream.last_event_id();
  }
  ASSERT_EQ(send("alice", "2").status, 202);
  ASSERT_EQ(send("bob", "not hers").status, 202);
  services.edge.kill();
  services.engine.kill();
  services.engine.restart();
  services.edge.restart();
  ASSERT_TRUE(eventually([&] { return get(port(), "/readyz").status == 200; }));
  ASSERT_EQ(send("alice", "3").status, 202);
  Stream stream(port(), "/sse/connect/alice", id);
  EXPECT_EQ(stream.next()->data, "User 'alice' connected");
  EXPECT_EQ(stream.next()->data, "2");
  EXPECT_EQ(stream.next()->data, "3");
  const auto last = stream.last_event_id();
  ASSERT_EQ(send("alice", "4").status, 202);
  Stream again(port(), "/sse/connect/alice", last);
  EXPECT_EQ(again.next()->data, "User 'alice' connected");
  EXPECT_EQ(again.next()->data, "4") << "what was delivered is not delivered again";
}

TEST_F(MessagesTest, AreAllToldToWhoAsksForTheEarliest) {
  ASSERT_EQ(send("alice", "1").status, 202);
  ASSERT_EQ(send("alice", "2").status, 202);
  Stream stream(port(), "/sse/connect/alice?from=earliest");
  EXPECT_EQ(stream.next()->data, "User 'alice' connected");
  EXPECT_EQ(stream.next()->type, "reset");
  EXPECT_EQ(stream.next("message")->data, "1");
  EXPECT_EQ(stream.next("message")->data, "2");
}

TEST_F(MessagesTest, HaveAHeartbeatOfTheirOwn) {
  Service edge("taskwire-edge", {"--engine", services.engine.address(), "--heartbeat", "100ms"});
  Stream stream(edge.port(), "/sse/connect/alice");
  EXPECT_EQ(stream.next()->data, "User 'alice' connected");
  const auto beat = stream.next();
  ASSERT_TRUE(beat);
  EXPECT_EQ(beat->type, "message");
  EXPECT_EQ(beat->data, "<3: Keep alive");
  const std::string id = post(port(), "/publish/elsewhere", 1).json()["id"];
  EXPECT_TRUE(stream.wait_for_id(id)) << "the heartbeat carries the id";
}

TEST_F(MessagesTest, TellOfTheLongRequestsTask) {
  Stream messages(port(), "/sse/connect/alice");
  ASSERT_TRUE(messages.wait_for_id());
  Stream tasks(port(), "/api/task-progress/alice");
  ASSERT_TRUE(tasks.next("synced"));
  const auto answer = request(port(), "POST", "/sse/object/alice", {{"Content-Type", "application/json"}},
                              R"({"Name":"Eva","Age":31})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["message"], "Task completed");
  EXPECT_EQ(answer.json()["data"].get<std::string>().find("User 'alice' completed the task at: 20"), 0U);
  EXPECT_EQ(messages.next()->data, "User 'alice' connected");
  for (int left = 5; left > 0; --left)
    EXPECT_EQ(messages.next()->data, "Object sent to user 'alice' in " + std::to_string(left) + "...");
  EXPECT_EQ(json::parse(messages.next()->data), (json{{"Name", "Eva"}, {"Age", 31}}));
  const auto update = tasks.next("taskUpdate");
  ASSERT_TRUE(update);
  EXPECT_EQ(json::parse(update->data)["type"], "countdown");
}

TEST_F(MessagesTest, LongRequestRunsTenAttempts) {
  Stream messages(port(), "/sse/connect/alice");
  ASSERT_TRUE(messages.wait_for_id());
  auto answer = in_background("GET", "/sse/task/alice");
  EXPECT_EQ(messages.next()->data, "User 'alice' connected");
  for (int i = 1; i <= 10; ++i)
    EXPECT_EQ(messages.next()->data, "User 'alice', attempt " + std::to_string(i) + " / 10");
  EXPECT_EQ(answer.get().json()["message"], "Task completed");
}

TEST_F(MessagesTest, LongRequestSaysThatItsTaskWasCancelled) {
  auto answer = in_background("POST", "/sse/task/alice");
  ASSERT_EQ(request(port(), "POST", "/api/tasks/alice/" + running_task() + "/cancel").status, 202);
  const auto response = answer.get();
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.json()["reason"], "TASK_CANCELLED");
}

TEST_F(MessagesTest, LongRequestOutlivesTheEngineAndSaysHowItEnded) {
  auto answer = in_background("POST", "/sse/task/alice");
  running_task();
  services.engine.kill();
  services.engine.restart();
  const auto response = answer.get();
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.json()["reason"], "TASK_FAILED");
  EXPECT_NE(response.json()["detail"].get<std::string>().find("INTERRUPTED"), std::string::npos) << response.body;
}

TEST_F(MessagesTest, LongRequestIsToldThatTheEdgeStops) {
  auto answer = in_background("POST", "/sse/task/alice");
  const auto task = running_task();
  services.edge.process().signal(SIGTERM);
  const auto response = answer.get();
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.json()["reason"], "SHUTTING_DOWN");
  EXPECT_EQ(response.header("Location"), "../../api/tasks/alice/" + task);
}

TEST_F(MessagesTest, LongRequestsThatComeWhileTheEdgeStopsDoNotHoldItUp) {
  std::vector<std::future<void>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::async(std::launch::async, [this, i] {
      Socket socket(port());
      HttpReader reader(socket);
      for (;;) {  // asks again as soon as it has an answer, until the connection is gone
        socket.send("POST /sse/task/user" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const auto head = reader.read_head();
        if (head.status == 0) return;
        reader.read_body(head);
      }
    }));
  }
  for (int i = 0; i < 8; ++i) {
    const auto target = "/api/tasks/user" + std::to_string(i) + "?status=running";
    EXPECT_TRUE(eventually([&] { return !get(port(), target).json()["tasks"].empty(); }));
  }
  services.edge.process().signal(SIGTERM);
  EXPECT_EQ(services.edge.process().wait(), 0) << services.edge.process().output();
  for (auto& client : clients) client.wait();
}

TEST_F(MessagesTest, LongRequestsHaveKeysOfTheirOwnPath) {
  Service edge("taskwire-edge", {"--engine", services.engine.address(), "--long-request-timeout", "100ms"});
  ASSERT_TRUE(eventually([&] { return get(edge.port(), "/readyz").status == 200; }));
  const Headers key = {{"Idempotency-Key", "k"}};
  const auto task_of = [&](const std::string& target, const Response& response) {
    return resolved(target, response.header("Location"));
  };
  const std::string start = "/api/tasks/alice/start";
  std::set<std::string> tasks = {task_of(start, request(edge.port(), "POST", start, key))};
  for (const auto* target : {"/sse/task/alice", "/sse/object/alice"}) {
    for (const auto* method : {"GET", "POST"}) {
      const auto first = request(edge.port(), method, target, key);
      EXPECT_EQ(first.status, 504) << first.body;
      EXPECT_EQ(request(edge.port(), method, target, key).header("Location"), first.header("Location"));
      EXPECT_TRUE(tasks.insert(task_of(target, first)).second) << method << " " << target;
    }
  }
  const auto task = *tasks.begin();
  request(edge.port(), "POST", task + "/cancel");
}

TEST_F(MessagesTest, LongRequestRepeatedAfterItsTaskWasDeletedIsToldSo) {
  const Headers key = {{"Idempotency-Key", "k"}};
  auto answer = std::async(std::launch::async, [&] { return request(port(), "POST", "/sse/task/alice", key); });
  const auto task = "/api/tasks/alice/" + running_task();
  ASSERT_EQ(request(port(), "POST", task + "/cancel").status, 202);
  EXPECT_EQ(answer.get().status, 409);
  ASSERT_EQ(request(port(), "DELETE", task).status, 204);
  const auto again = request(port(), "POST", "/sse/task/alice", key);
  EXPECT_EQ(again.status, 404);
  EXPECT_EQ(again.json()["reason"], "TASK_NOT_FOUND");
}

TEST_F(MessagesTest, LongRequestDoesNotWaitForEver) {
  Service edge("taskwire-edge", {"--engine", services.engine.address(), "--long-request-timeout", "500ms"});
  ASSERT_TRUE(eventually([&] { return get(edge.port(), "/readyz").status == 200; }));
  const auto response = request(edge.port(), "POST", "/sse/task/alice");
  EXPECT_EQ(response.status, 504);
  EXPECT_EQ(response.json()["reason"], "TASK_NOT_DONE");
  const auto task = get(port(), resolved("/sse/task/alice", response.header("Location")));
  EXPECT_EQ(task.json()["status"], "running") << "it goes on";
}

TEST_F(MessagesTest, LongRequestIsNoBusinessOfForeignPagesNorOfHead) {
  for (const auto* target : {"/sse/task/alice", "/sse/object/alice"}) {
    for (const auto* method : {"GET", "POST"})
      EXPECT_EQ(request(port(), method, target, {{"Origin", "http://evil.example"}}).status, 403) << method;
    Socket socket(port());
    socket.send(std::string("HEAD ") + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    HttpReader reader(socket);
    EXPECT_EQ(reader.read_head().status, 200);
  }
  EXPECT_TRUE(get(port(), "/api/tasks/alice").json()["tasks"].empty());
}

TEST_F(MessagesTest, SessionsSayWhoIsConnected) {
  const auto person = [&](const std::string& user) {
    const auto answer = get(port(), "/api/sessions").json();
    for (const auto& session : answer["sessions"]) {
      if (session["userId"] == user) return session;
    }
    return json();
  };
  EXPECT_TRUE(person("alice").is_null());
  auto first = std::make_unique<Stream>(port(), "/sse/connect/alice");
  auto second = std::make_unique<Stream>(port(), "/api/events?topic=tasks/alice&topic=messages/alice&topic=channels/x");
  ASSERT_TRUE(first->wait_for_id());
  ASSERT_TRUE(second->wait_for_id());
  auto alice = person("alice");
  EXPECT_EQ(alice["state"], "connected");
  EXPECT_EQ(alice["connections"], 2);
  const std::string id = send("alice", "hello").json()["id"];
  EXPECT_TRUE(eventually([&] { return person("alice")["lastEventId"] == id; }));
  second.reset();
  EXPECT_TRUE(eventually([&] { return person("alice")["connections"] == 1; }));
  first.reset();
  EXPECT_TRUE(eventually([&] { return person("alice")["state"] == "disconnected"; }));
  alice = person("alice");
  EXPECT_EQ(alice["connections"], 0);
  EXPECT_EQ(alice["lastEventId"], id);
  EXPECT_LE(alice["connectedAt"], alice["lastSeenAt"]);
}

}  // namespace
}  // namespace taskwire::test
