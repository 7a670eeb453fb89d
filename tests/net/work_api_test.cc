#include "net/work_api.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "net/fake_engine.h"
#include "net/server.h"
#include "support/http.h"

namespace taskwire::edge {
namespace {

using nlohmann::json;

/// An edge whose engine is a fake.
class WorkApi : public testing::Test {
 protected:
  void start(Config config = {}) {
    config.listen = "127.0.0.1:0";
    config.engine = engine.address();
    config.web_root = "/nowhere";
    config.shards = 1;
    server = std::make_unique<Server>(config);
    const auto endpoints = server->start();
    ASSERT_TRUE(endpoints) << endpoints.error();
    port = endpoints->front().port();
    // A read waits for the connection to the engine; a write would be refused.
    ASSERT_TRUE(test::eventually([&] { return test::get(port, "/api/task-types").status == 200; }));
  }
  test::Response post(const std::string& path, const std::string& body) const {
    return test::request(port, "POST", path, {{"Content-Type", "application/json"}}, body);
  }
  /// Sends a claim that waits, and does not wait for the answer.
  test::Socket claim(const std::string& then = "") const {
    const std::string body = R"({"worker":"w","types":["resize"],"waitMs":60000})";
    test::Socket socket(port);
    socket.send(
        "POST /api/work/claim HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body + then);
    return socket;
  }
  /// Claims wait whose callers go after `before`, each with a request behind it, which keeps the edge from learning at
  /// once of their going. Answers how they have named their leases.
  std::set<std::string> let_callers_of_claims_go(const std::function<void()>& before = [] {}) {
    constexpr std::size_t kClaims = 20;
    engine.let_claims_wait();
    start();
    std::vector<test::Socket> waiting;
    for (std::size_t i = 0; i < kClaims; ++i)
      waiting.push_back(claim("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_TRUE(wait_for_claims(kClaims));
    before();
    return engine.named_leases();
  }
  static std::string first_lease(const std::string& claimed) { return json::parse(claimed)["assignments"][0]["lease"]; }
  bool wait_for_claims(std::size_t count) {
    return test::eventually([&] { return engine.waiting_claims() == count; });
  }

  FakeEngine engine;
  std::unique_ptr<Server> server;
  std::uint16_t port = 0;
};

TEST_F(WorkApi, PassesOnWhatIsAskedAndAnswered) {
  start();
  const auto type = test::request(port, "PUT", "/api/task-types/resize", {{"Content-Type", "application/json"}},
                                  R"({"description":"D","maxRunning":3})");
  EXPECT_EQ(type.status, 200);
  EXPECT_EQ(type.json(), json::parse(R"({"type":"resize","description":"D","params":{},"workers":0,"waiting":0})"));
  EXPECT_EQ(engine.last<v1::RegisterTypeRequest>().max_running(), 3);
  EXPECT_EQ(test::request(port, "DELETE", "/api/task-types/resize").status, 204);
  EXPECT_EQ(engine.last<v1::DeleteTypeRequest>().type(), "resize");

  const auto claimed =
      test::request(port, "POST", "/api/work/claim", {{"Content-Type", "application/json"}, {"Idempotency-Key", "k1"}},
                    R"({"worker":"host-1","types":["resize"],"max":2})");
  EXPECT_EQ(claimed.status, 200);
  EXPECT_EQ(claimed.json()["assignments"][0]["lease"], "00112233445566778899aabbccddeeff");
  EXPECT_EQ(claimed.json()["assignments"][0]["task"]["worker"], "host-1");
  EXPECT_EQ(engine.last<v1::ClaimRequest>().request_id(), "k1");
  EXPECT_EQ(engine.last<v1::ClaimRequest>().max(), 2);

  const auto reported = post("/api/work/report", R"({"lease":"ab","seq":3,"progress":{"done":1,"stage":null}})");
  EXPECT_EQ(reported.status, 200);
  EXPECT_EQ(reported.json(), json::parse(R"({"leaseMs":30000,"leaseExpiresAt":"2026-01-02T10:30:45.000Z",
                                             "cancelRequested":true,"outputNext":0})"));
  EXPECT_EQ(engine.last<v1::ReportRequest>().progress().clear(0), "stage");
  EXPECT_FALSE(engine.last<v1::ReportRequest>().progress().has_total());

  const auto finished = post("/api/work/finish", R"({"lease":"ab","result":{"a":1}})");
  EXPECT_EQ(finished.status, 200);
  EXPECT_EQ(finished.json()["status"], "succeeded");
  EXPECT_EQ(engine.last<v1::FinishRequest>().result().fields().at("a").number_value(), 1);
}

TEST_F(WorkApi, GivesTheLeaseOfWorkThatTheCallerDoes) {
  start();
  const auto started = post("/api/tasks/alice/start", R"({"claim":true,"worker":"host-1"})");
  EXPECT_EQ(started.status, 202);
  EXPECT_EQ(started.json()["lease"], "00112233445566778899aabbccddeeff");
  EXPECT_EQ(started.json()["leaseMs"], 30000);
  EXPECT_EQ(started.json()["leaseExpiresAt"], "2026-01-02T10:30:45.000Z");
  EXPECT_EQ(started.header("Location"), "k3v7qm2xw5ta");
  EXPECT_EQ(engine.last<v1::StartTaskRequest>().worker(), "host-1");
  EXPECT_FALSE(post("/api/tasks/alice/start", "{}").json().contains("lease"));

  const auto retry = "/api/tasks/alice/k3v7qm2xw5ta/retry";
  EXPECT_EQ(post(retry, R"({"claim":true,"worker":"host-1"})").json()["leaseMs"], 30000);
  EXPECT_EQ(engine.last<v1::RetryTaskRequest>().worker(), "host-1");
  EXPECT_EQ(engine.last<v1::RetryTaskRequest>().task_id(), "k3v7qm2xw5ta");
  EXPECT_FALSE(test::request(port, "POST", retry).json().contains("lease"));
  EXPECT_FALSE(engine.last<v1::RetryTaskRequest>().claim());
}

TEST_F(WorkApi, SaysWhoDoesATypeAndWhatWaits) {
  start();
  const auto type = test::get(port, "/api/task-types").json()["types"][0];
  EXPECT_EQ(type["workers"], 3);
  EXPECT_EQ(type["waiting"], 2);
}

TEST_F(WorkApi, PassesOnRefusals) {
  start();
  const struct {
    const char* method;
    const char* path;
    const char* body;
    grpc::StatusCode code;
    const char* reason;
    int status;
  } cases[] = {
      {"PUT", "/api/task-types/a", "{}", grpc::INVALID_ARGUMENT, "INVALID_TYPE", 400},
      {"PUT", "/api/task-types/a", "{}", grpc::INVALID_ARGUMENT, "TYPE_BUILT_IN", 400},
      {"PUT", "/api/task-types/a", "{}", grpc::INVALID_ARGUMENT, "UNSUPPORTED_SCHEMA", 400},
      {"PUT", "/api/task-types/a", "{}", grpc::INVALID_ARGUMENT, "INVALID_LIMIT", 400},
      {"PUT", "/api/task-types/a", "{}", grpc::RESOURCE_EXHAUSTED, "TOO_MANY_TYPES", 429},
      {"DELETE", "/api/task-types/a", "", grpc::NOT_FOUND, "TYPE_NOT_FOUND", 404},
      {"DELETE", "/api/task-types/a", "", grpc::FAILED_PRECONDITION, "TYPE_IN_USE", 409},
      {"POST", "/api/work/claim", "{}", grpc::INVALID_ARGUMENT, "INVALID_WORKER", 400},
      {"POST", "/api/work/claim", "{}", grpc::INVALID_ARGUMENT, "INVALID_TYPES", 400},
      {"POST", "/api/work/claim", "{}", grpc::RESOURCE_EXHAUSTED, "TOO_MANY_CLAIMS", 429},
      {"POST", "/api/work/claim", "{}", grpc::RESOURCE_EXHAUSTED, "TOO_MANY_LEASES", 429},
      {"POST", "/api/work/claim", "{}", grpc::INVALID_ARGUMENT, "IDEMPOTENCY_KEY_REUSED", 422},
      {"POST", "/api/work/report", "{}", grpc::FAILED_PRECONDITION, "LEASE_LOST", 409},
      {"POST", "/api/work/report", "{}", grpc::INVALID_ARGUMENT, "INVALID_LEASE", 400},
      {"POST", "/api/work/report", "{}", grpc::INVALID_ARGUMENT, "INVALID_PROGRESS", 400},
      {"POST", "/api/work/finish", R"({"result":{}})", grpc::FAILED_PRECONDITION, "ALREADY_FINISHED", 409},
      {"POST", "/api/work/finish", R"({"result":{}})", grpc::INVALID_ARGUMENT, "INVALID_OUTCOME", 400},
      {"POST", "/api/tasks/alice/start", "{}", grpc::FAILED_PRECONDITION, "CLAIM_REQUIRED", 409},
      {"POST", "/api/tasks/alice/k3v7qm2xw5ta/retry", "{}", grpc::FAILED_PRECONDITION, "CLAIM_REQUIRED", 409},
  };
  for (const auto& expected : cases) {
    engine.refuse(expected.code, std::string(expected.reason) + ": so it is");
    const auto answer =
        test::request(port, expected.method, expected.path, {{"Content-Type", "application/json"}}, expected.body);
    EXPECT_EQ(answer.status, expected.status) << expected.reason;
    EXPECT_EQ(answer.json()["reason"], expected.reason);
    EXPECT_EQ(answer.json()["detail"], "so it is");
  }
}

TEST_F(WorkApi, SaysWhatMayBeRepeatedAsItWas) {
  start();
  engine.refuse(grpc::UNAVAILABLE, "");
  for (const auto* const path : {"/api/work/report", "/api/work/finish"}) {
    const auto answer = post(path, path == std::string("/api/work/report") ? "{}" : R"({"cancelled":true})");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.json()["reason"], "UNKNOWN_OUTCOME");
    EXPECT_NE(answer.json()["detail"].get<std::string>().find("Repeat it as it was"), std::string::npos);
  }
}

TEST_F(WorkApi, TakesBodiesAsLargeAsTheyMayBe) {
  start();
  const auto padded = [](std::string body, std::size_t bytes) { return body + std::string(bytes - body.size(), ' '); };
  const struct {
    const char* path;
    const char* body;
    std::size_t most;
  } cases[] = {{"/api/work/claim", "{}", 16 << 10},
               {"/api/work/report", "{}", 1 << 20},
               {"/api/work/finish", R"({"result":{}})", 3 << 20}};
  for (const auto& expected : cases) {
    EXPECT_EQ(post(expected.path, padded(expected.body, expected.most)).status, 200) << expected.path;
    const auto refused = post(expected.path, padded(expected.body, expected.most + 1));
    EXPECT_EQ(refused.status, 413) << expected.path;
    EXPECT_EQ(refused.json()["reason"], "BODY_TOO_LARGE");
  }
}

TEST_F(WorkApi, AResultOfManyValuesHoldsUpNobody) {
  start();
  std::string body = R"({"lease":"ab","result":{"a":[{})";
  for (int i = 1; i < 200'000; ++i) body += ",{}";
  body += "]}}";
  std::atomic<int> status = 0;
  const auto begin = test::Clock::now();
  std::thread finishing([&] { status = post("/api/work/finish", body).status; });
  test::Socket other(port);
  test::HttpReader reader(other);
  test::Clock::duration longest{};
  while (status == 0) {
    const auto asked = test::Clock::now();
    other.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(reader.read_body(reader.read_head()), R"({"status":"ok"})");
    longest = std::max(longest, test::Clock::now() - asked);
  }
  finishing.join();
  EXPECT_EQ(status, 200);
  EXPECT_LT(longest, (test::Clock::now() - begin) / 4);
}

TEST_F(WorkApi, RefusesWhatNoBodySays) {
  start();
  EXPECT_EQ(post("/api/work/claim", R"({"wait":1})").json()["reason"], "INVALID_BODY");
  EXPECT_EQ(post("/api/work/report", R"({"outputs":[]})").json()["reason"], "INVALID_BODY");
  EXPECT_EQ(post("/api/work/finish", "{}").json()["reason"], "INVALID_OUTCOME");
  EXPECT_EQ(test::request(port, "PUT", "/api/task-types/%FF").json()["reason"], "INVALID_TYPE");
  EXPECT_EQ(test::request(port, "POST", "/api/work/claim", {{"Content-Type", "text/plain"}}, "{}").status, 415);
  EXPECT_EQ(test::request(port, "POST", "/api/work/claim", {{"Idempotency-Key", "a b"}}).json()["reason"],
            "INVALID_REQUEST_ID");
  EXPECT_EQ(test::request(port, "POST", "/api/work/report", {{"Origin", "https://example.org"}}).status, 403);
  EXPECT_EQ(test::request(port, "OPTIONS", "/api/task-types/a").header("Allow"), "PUT, DELETE, OPTIONS");
}

TEST_F(WorkApi, ClaimsThatWaitHoldUpNobody) {
  constexpr std::size_t kMoreThanCallsAreLimitedTo = 300;
  engine.let_claims_wait();
  start();
  std::vector<test::Socket> waiting;
  for (std::size_t i = 0; i < kMoreThanCallsAreLimitedTo; ++i) waiting.push_back(claim());
  ASSERT_TRUE(wait_for_claims(kMoreThanCallsAreLimitedTo));
  EXPECT_EQ(post("/api/tasks/alice/start", "{}").status, 202);
  auto leases = engine.named_leases();
  engine.answer_claims();
  for (auto& socket : waiting) {
    test::HttpReader reader(socket);
    const auto head = reader.read_head();
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(leases.erase(first_lease(reader.read_body(head))), 1U);
  }
}

TEST_F(WorkApi, ClaimsThatWaitAreBounded) {
  Config config;
  config.max_claims = 2;
  engine.let_claims_wait();
  start(config);
  const auto one = claim();
  const auto two = claim();
  ASSERT_TRUE(wait_for_claims(2));
  const auto refused = post("/api/work/claim", R"({"worker":"w","types":["resize"]})");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.json()["reason"], "TOO_MANY_CLAIMS");
  EXPECT_EQ(refused.header("Retry-After"), "1");
}

TEST_F(WorkApi, NoTimeoutEndsAClaimThatWaits) {
  Config config;
  config.request_timeout = config.keep_alive = config.stall_timeout = std::chrono::milliseconds(100);
  engine.let_claims_wait();
  start(config);
  auto waiting = claim();
  ASSERT_TRUE(wait_for_claims(1));
  for (int i = 0; i < 3; ++i) {  // whom the timeouts do end: one after the other
    test::Socket idle(port);
    EXPECT_TRUE(idle.receive(1, test::within()));
  }
  engine.answer_claims();
  EXPECT_EQ(test::HttpReader(waiting).read_head().status, 200);
}

TEST_F(WorkApi, GivesBackWhatIsAnsweredToACallerWhoHasGone) {
  const auto leases = let_callers_of_claims_go();
  engine.answer_claims();
  EXPECT_TRUE(test::eventually([&] { return engine.given_back() == leases; }));
}

TEST_F(WorkApi, GivesBackAgainWhatTheEngineDidNotTake) {
  const auto leases =
      let_callers_of_claims_go([this] { engine.refuse(grpc::UNAVAILABLE, "SHUTTING_DOWN: the engine is stopping"); });
  engine.answer_claims();
  ASSERT_TRUE(test::eventually([&] { return engine.last<v1::GiveBackRequest>().leases_size() == 1; }));
  EXPECT_TRUE(engine.given_back().empty());
  engine.accept();
  EXPECT_TRUE(test::eventually([&] { return engine.given_back() == leases; }));
}

TEST_F(WorkApi, GivesBackWhatMayHaveBeenAnsweredWhereNoAnswerCame) {
  engine.let_claims_wait();
  start();
  auto waiting = claim();
  ASSERT_TRUE(wait_for_claims(1));
  engine.fail_claims(grpc::UNAVAILABLE);
  test::HttpReader reader(waiting);
  const auto head = reader.read_head();
  EXPECT_EQ(head.status, 503);
  EXPECT_NE(reader.read_body(head).find("UNKNOWN_OUTCOME"), std::string::npos);
  EXPECT_TRUE(test::eventually([&] { return engine.given_back() == engine.named_leases(); }));
}

TEST_F(WorkApi, GivesBackAsManyLeasesAsMayHaveBeenGiven) {
  start();
  engine.refuse(grpc::UNAVAILABLE, "");
  EXPECT_EQ(post("/api/work/claim", R"({"worker":"w","types":["resize"],"max":7})").status, 503);
  engine.accept();
  ASSERT_TRUE(test::eventually([&] { return engine.given_back().size() == 7; }));
  const auto prefix = engine.last<v1::ClaimRequest>().lease_prefix();
  EXPECT_EQ(prefix.size(), 28U);
  EXPECT_EQ(prefix.find_first_not_of("0123456789abcdef"), std::string::npos) << prefix;
  for (int i = 0; i < 7; ++i) EXPECT_EQ(engine.given_back().count(prefix + "000" + std::to_string(i)), 1U) << i;
}

TEST_F(WorkApi, LetsAClaimWithAKeyBeRepeatedInstead) {
  start();
  engine.refuse(grpc::UNAVAILABLE, "");
  const auto claimed = [&] {
    return test::request(port, "POST", "/api/work/claim",
                         {{"Content-Type", "application/json"}, {"Idempotency-Key", "k1"}},
                         R"({"worker":"w","types":["resize"]})");
  };
  EXPECT_EQ(claimed().status, 503);
  engine.accept();
  EXPECT_EQ(claimed().status, 200);
  EXPECT_EQ(engine.last<v1::ClaimRequest>().lease_prefix(), "");
  EXPECT_TRUE(engine.given_back().empty());
}

TEST_F(WorkApi, AnswersNothingToWhomItGivesBackFor) {
  engine.let_claims_wait();
  start();
  auto half_closed = claim("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(wait_for_claims(1));
  half_closed.end_sending();
  engine.answer_claims();
  test::HttpReader reader(half_closed);
  const auto body = reader.read_body(reader.read_head());
  if (body == R"({"assignments":[]})") {
    EXPECT_TRUE(test::eventually([&] { return engine.given_back() == engine.named_leases(); }));
  } else {
    EXPECT_EQ(engine.named_leases().count(first_lease(body)), 1U);
    EXPECT_TRUE(engine.given_back().empty());
  }
}

TEST_F(WorkApi, AClaimIsTakenOutWhenItsCallerGoes) {
  engine.let_claims_wait();
  start();
  auto closed = claim();
  auto reset = claim();
  auto stays = claim();
  ASSERT_TRUE(wait_for_claims(3));
  closed.close();
  reset.reset();
  EXPECT_TRUE(test::eventually([&] { return engine.cancelled_claims() == 2; }));
  EXPECT_EQ(engine.waiting_claims(), 1U);
}

TEST_F(WorkApi, AClaimEndsForAClientThatKeepsSending) {
  engine.let_claims_wait();
  start();
  auto talking = claim();
  auto quiet = claim("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");  // the next request
  ASSERT_TRUE(wait_for_claims(2));
  talking.send(std::string(17 << 10, 'x'));
  EXPECT_TRUE(test::eventually([&] { return engine.cancelled_claims() == 1; }));
  test::HttpReader told(talking);
  EXPECT_EQ(told.read_body(told.read_head()), R"({"assignments":[]})");
  engine.answer_claims();
  test::HttpReader reader(quiet);
  const auto claimed = reader.read_head();
  EXPECT_EQ(engine.named_leases().count(first_lease(reader.read_body(claimed))), 1U);
  EXPECT_EQ(reader.read_body(reader.read_head()), R"({"status":"ok"})");
}

TEST_F(WorkApi, ClaimsThatWaitAreAnsweredWhenTheEdgeStops) {
  engine.let_claims_wait();
  start();
  std::vector<test::Socket> waiting;
  for (int i = 0; i < 20; ++i) waiting.push_back(claim());
  ASSERT_TRUE(wait_for_claims(20));
  server->stop();
  for (auto& socket : waiting) {
    test::HttpReader reader(socket);
    const auto head = reader.read_head();
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(reader.read_body(head), R"({"assignments":[]})");
  }
}

TEST_F(WorkApi, AClaimWhoseEngineGoesDoesNotKnowItsOutcome) {
  engine.let_claims_wait();
  start();
  auto waiting = claim();
  ASSERT_TRUE(wait_for_claims(1));
  engine.stop();
  test::HttpReader reader(waiting);
  const auto head = reader.read_head();
  EXPECT_EQ(head.status, 503);
  EXPECT_NE(reader.read_body(head).find("UNKNOWN_OUTCOME"), std::string::npos);
}

}  // namespace
}  // namespace taskwire::edge
