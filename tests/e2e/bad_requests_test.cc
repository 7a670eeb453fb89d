#include <csignal>
#include <gtest/gtest.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

/// What is sent, and what has to come back: a status, a reason, and a detail that has `word` in it.
struct BadRequest {
  std::string request;
  int status;
  const char* reason;
  const char* word;
};

const std::string kGoodHost = "Host: localhost\r\n";
const std::string kJson = "Content-Type: application/json\r\n";

std::string message(const std::string& line, const std::string& headers = kGoodHost, const std::string& body = "") {
  const std::string length = body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return line + " HTTP/1.1\r\n" + headers + length + "\r\n" + body;
}
std::string with_json(const std::string& line, const std::string& body, const std::string& headers = "") {
  return message(line, kGoodHost + kJson + headers, body);
}
std::string with_text(const std::string& line, const std::string& body, const std::string& headers = "") {
  return message(line, kGoodHost + "Content-Type: text/plain\r\n" + headers, body);
}

const std::string kLong(129, 'a');
const std::string kLarge(300'000, 'x');

std::vector<BadRequest> bad_requests() {
  return {
      // Names.
      {message("GET /api/tasks/a%20b"), 400, "INVALID_USER_ID", "128"},
      {message("GET /api/tasks/" + kLong), 400, "INVALID_USER_ID", "128"},
      {message("GET /api/task-progress/.."), 400, "INVALID_USER_ID", "not . or .."},
      {message("GET /api/task-progress/alice/%00"), 400, "INVALID_TASK_ID", "128"},
      {message("GET /stream/gr%C3%BCn"), 400, "INVALID_CHANNEL", "A-Z"},
      {with_json("POST /publish/a%2Fb", "1"), 400, "INVALID_CHANNEL", "A-Z"},
      {message("GET /sse/connect/a%22b"), 400, "INVALID_USER_ID", "A-Z"},
      {message("GET /api/events"), 400, "MISSING_TOPIC", "?topic="},
      {message("GET /api/events?topic=news"), 400, "INVALID_TOPIC", "channels/{name}"},
      {message("GET /api/tasks/alice/aaaaaaaaaaaa"), 404, "TASK_NOT_FOUND", "no such task"},
      {message("GET /api/task-progress/alice/aaaaaaaaaaaa"), 404, "TASK_NOT_FOUND", "no such task"},
      {message("GET /api/nothing"), 404, "NOT_FOUND", "/openapi.json"},
      // Targets and methods.
      {message("GET /stream/%zz"), 400, "MALFORMED_TARGET", "percent-encoding"},
      {message("GET stream/news"), 400, "MALFORMED_TARGET", "path"},
      {message("PUT /publish/news"), 405, "METHOD_NOT_ALLOWED", "POST"},
      {message("DELETE /api/tasks/alice"), 405, "METHOD_NOT_ALLOWED", "GET"},
      {message("GET /pulse"), 405, "METHOD_NOT_ALLOWED", "POST"},
      {message("POST /openapi.json"), 405, "METHOD_NOT_ALLOWED", "GET"},
      {message("BREW /stream/news"), 405, "METHOD_NOT_ALLOWED", "GET"},
      {"nonsense\r\n\r\n", 400, "MALFORMED_REQUEST", "HTTP/1.1"},
      {"GET / HTTP/2.0\r\n\r\n", 400, "MALFORMED_REQUEST", "HTTP/1.1"},
      // Queries.
      {message("GET /stream/news?from=yesterday"), 400, "INVALID_FROM", "earliest"},
      {message("GET /stream/news?from=now&from=now"), 400, "REPEATED_PARAMETER", "from is given twice"},
      {message("GET /stream/news?lastEventId=e-1&lastEventId=e-2"), 400, "REPEATED_PARAMETER", "lastEventId"},
      {message("GET /api/tasks/alice?pageSize=1&pageSize=2"), 400, "REPEATED_PARAMETER", "pageSize"},
      {message("GET /api/events/history?topic=channels/a&after="), 400, "INVALID_CURSOR", "leave it out"},
      {with_json("POST /publish/news?retry=&retry=500", "1"), 400, "REPEATED_PARAMETER", "retry"},
      {with_json("POST /publish/news?retry=", "1"), 400, "INVALID_RETRY", "from 100"},
      {message("GET /stream/news?types=a,,b"), 400, "INVALID_TYPES", "commas"},
      {message("GET /api/events/history?topic=channels/a&after=7"), 400, "INVALID_CURSOR", "leave it out"},
      {message("GET /api/events/history?topic=channels/a&after=zzz-7"), 410, "CURSOR_EXPIRED", "without after"},
      {message("GET /api/events/history?topic=channels/a&limit=0"), 400, "INVALID_LIMIT", "256"},
      {message("GET /api/tasks/alice?pageSize=ten"), 400, "INVALID_PAGE_SIZE", "1000"},
      {message("GET /api/tasks/alice?pageToken=x"), 400, "INVALID_PAGE_TOKEN", "first page"},
      {message("GET /api/tasks/alice?status=done"), 400, "INVALID_STATUS", "succeeded"},
      {message("GET /api/tasks/alice?pageToken=%ff"), 400, "INVALID_PAGE_TOKEN", "answered"},
      {with_json("POST /publish/news?event=%ff", "1"), 400, "INVALID_EVENT_TYPE", "A-Za-z"},
      {with_json("POST /publish/news?retry=0", "1"), 400, "INVALID_RETRY", "from 100"},
      {message("GET /api/tasks/alice?pageSize=0"), 400, "INVALID_PAGE_SIZE", "pageSize"},
      {message("GET /stream/news?types=a,,"), 400, "INVALID_TYPES", "commas"},
      {message("GET /stream/news?types=a&types=b"), 400, "REPEATED_PARAMETER", "once"},
      {with_json("POST /publish/news?retry=5", "1"), 400, "INVALID_RETRY", "3600000"},
      {with_json("POST /publish/news?event=reset", "1"), 400, "INVALID_EVENT_TYPE", "taskwire sends itself"},
      // Headers.
      {message("GET /healthz", ""), 400, "MISSING_HOST", "Host"},
      {message("GET /healthz", kGoodHost + kGoodHost), 400, "SEVERAL_HOSTS", "one Host"},
      {message("GET /api/sessions", "Host: rebound.example\r\n"), 421, "UNKNOWN_HOST", "rebound.example"},
      {message("GET /nothing", "Host: rebound.example\r\n"), 421, "UNKNOWN_HOST", "--allowed-host"},
      {message("GET http://rebound.example/api/sessions"), 421, "UNKNOWN_HOST", "rebound.example"},
      {message("GET /healthz", kGoodHost + "X-Large: " + std::string(70'000, 'x') + "\r\n"), 431, "HEADER_TOO_LARGE",
       "Send less"},
      {with_json("POST /publish/news", "1", "Origin: http://evil.example\r\n"), 403, "FOREIGN_ORIGIN", "--cors-origin"},
      {message("GET /sse/task/alice", kGoodHost + "Sec-Fetch-Site: cross-site\r\n"), 403, "FOREIGN_ORIGIN",
       "cross-site"},
      {with_json("POST /publish/news", "1", "Origin: null\r\n"), 403, "FOREIGN_ORIGIN", "\"localhost\""},
      {message("GET /sse/task/alice", kGoodHost + "Sec-Purpose: prefetch\r\n"), 503, "PREFETCH_REFUSED", "in advance"},
      {message("GET /sse/object/alice", kGoodHost + "Purpose: prefetch\r\n"), 503, "PREFETCH_REFUSED", "in advance"},
      {with_json("POST /publish/news", "1", "Idempotency-Key:\r\n"), 400, "INVALID_REQUEST_ID", "255"},
      {with_json("POST /publish/news", "1", "Idempotency-Key: a\r\nIdempotency-Key: b\r\n"), 400, "INVALID_REQUEST_ID",
       "once"},
      {with_json("POST /publish/news", "1", "Idempotency-Key: a b\r\n"), 400, "INVALID_REQUEST_ID", "255"},
      {message("POST /publish/news", kGoodHost + kJson + "Transfer-Encoding: gzip\r\n"), 501,
       "UNSUPPORTED_TRANSFER_CODING", "chunked"},
      {message("GET /healthz", kGoodHost + "Expect: 200-ok\r\n"), 417, "UNSUPPORTED_EXPECTATION", "100-continue"},
      {message("POST /publish/news", kGoodHost + kJson + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), 400,
       "MALFORMED_REQUEST", "two ways"},
      {message("GET /healthz", kGoodHost + "Content-Type: a/b\r\nContent-Type: a/c\r\n"), 400, "MALFORMED_REQUEST",
       "one Content-Type"},
      // Types and encodings of bodies.
      {with_text("POST /api/tasks/alice/start", "{}"), 415, "UNSUPPORTED_MEDIA_TYPE", "application/json"},
      {message("POST /publish/news", kGoodHost + "Content-Type: image/png\r\n", "x"), 415, "UNSUPPORTED_MEDIA_TYPE",
       "text/plain"},
      {message("POST /publish/news", kGoodHost, "x"), 415, "UNSUPPORTED_MEDIA_TYPE", "application/x-ndjson"},
      {message("POST /publish/news", kGoodHost + "Content-Type: text/plain; charset=utf-16\r\n", "x"), 415,
       "UNSUPPORTED_MEDIA_TYPE", "UTF-8"},
      {with_text("POST /publish/news", "x", "Content-Encoding: gzip\r\n"), 415, "UNSUPPORTED_CONTENT_CODING",
       "Content-Encoding"},
      {with_text("POST /publish/news", "\xff\xfe"), 400, "INVALID_DATA", "UTF-8"},
      {with_text("POST /api/messages/alice", std::string("a\0b", 3)), 400, "INVALID_DATA", "NUL"},
      // Bodies.
      {with_json("POST /api/tasks/alice/start", "{"), 400, "INVALID_JSON", "valid JSON"},
      {with_json("POST /api/tasks/alice/start", R"({"type":"simulate","type":"countdown"})"), 400, "INVALID_JSON",
       "twice"},
      {with_json("POST /publish/news", R"({"a":{"b":1,"b":2}})"), 400, "INVALID_JSON", "\"b\""},
      {with_json("POST /pulse", R"({"bpm":72,"userId":"alice","bpm":73})"), 400, "INVALID_JSON", "\"bpm\""},
      {with_json("POST /api/tasks/alice/start", "[]"), 400, "INVALID_BODY", "object"},
      {with_json("POST /api/tasks/alice/start", R"({"taskname":"x"})"), 400, "INVALID_BODY", "taskName"},
      {with_json("POST /api/tasks/alice/start", R"({"type":"nothing"})"), 400, "UNKNOWN_TASK_TYPE", "simulate"},
      {with_json("POST /api/tasks/alice/start", R"({"params":{"speed":1}})"), 400, "INVALID_PARAMS", "durationMs"},
      {with_json("POST /api/tasks/alice/start", R"({"params":{"steps":"many"}})"), 400, "INVALID_PARAMS", "steps"},
      {with_json("POST /api/tasks/alice/start", R"({"type":"checksum","params":{"path":5}})"), 400, "INVALID_PARAMS",
       "path"},
      {with_json("POST /api/tasks/alice/start", R"({"notBefore":"soon"})"), 400, "INVALID_NOT_BEFORE", "RFC 3339"},
      {with_json("POST /api/tasks/alice/start", R"({"notBefore":"2999-01-01T00:00:00Z"})"), 400, "INVALID_NOT_BEFORE",
       "10 years"},
      {with_json("POST /api/tasks/alice/start", R"({"timeLimitMs":0})"), 400, "INVALID_TIME_LIMIT", "30 days"},
      {with_json("POST /api/tasks/alice/start", R"({"maxAttempts":101})"), 400, "INVALID_MAX_ATTEMPTS", "1 to 100"},
      {with_json("POST /api/tasks/alice/start", R"({"taskName":"a\nb"})"), 400, "INVALID_NAME", "control characters"},
      {with_json("POST /api/tasks/alice/start",
                 R"({"type":"countdown","params":{"result":{"a":")" + std::string(70'000, 'x') + "\"}}}"),
       413, "PARAMS_TOO_LARGE", "64 KiB"},
      {with_json("POST /publish/news", "\xEF\xBB\xBF{}"), 400, "INVALID_JSON", "byte order mark"},
      {with_json("POST /sse/task/alice", "{bad"), 400, "INVALID_JSON", "valid JSON"},
      {with_json("POST /sse/task/alice", R"({"a":1})"), 400, "INVALID_BODY", "no body"},
      {with_text("POST /api/tasks/alice/aaaaaaaaaaaa/cancel", "x"), 415, "UNSUPPORTED_MEDIA_TYPE", "application/json"},
      {with_json("POST /sse/object/alice", R"({"a":12345678901234567890})"), 400, "INVALID_BODY", "as a string"},
      {with_json("POST /sse/object/alice", "[1]"), 400, "INVALID_BODY", "object"},
      {with_json("POST /sse/object/alice", "{\"a\":\"" + std::string(62'000, 'x') + "\"}"), 413, "PAYLOAD_TOO_LARGE",
       "61,440 bytes"},
      {with_json("POST /pulse", R"({"bpm":1000,"userId":"alice"})"), 400, "INVALID_DATA", "20 to 300"},
      {with_json("POST /pulse", "{}"), 400, "INVALID_DATA", "userId"},
      {with_json("POST /publish/news", "\"" + std::string(61'439, 'x') + "\""), 413, "PAYLOAD_TOO_LARGE",
       "61,440 bytes"},
      {with_json("POST /publish/news", kLarge), 413, "BODY_TOO_LARGE", "Send less"},
      {message("POST /publish/news", kGoodHost + "Content-Type: application/x-ndjson\r\n", "1\n{\n"), 400,
       "INVALID_JSON", "Line 2"},
      {message("POST /publish/news", kGoodHost + "Content-Type: application/x-ndjson\r\n", "\n"), 400, "INVALID_BATCH",
       "at least one"},
      {with_json("POST /publish/host", "1"), 403, "TOPIC_READ_ONLY", "engine alone"},
      {with_json("POST /publish/pulse", "1"), 403, "TOPIC_READ_ONLY", "/pulse"},
  };
}

class BadRequestsTest : public testing::Test {
 protected:
  Response send(const std::string& text) {
    Socket socket(services.edge.port());
    socket.send(text);
    HttpReader reader(socket);
    Response response = reader.read_head();
    response.body = reader.read_body(response);
    return response;
  }
  void expect(const BadRequest& wrong) {
    const auto shown = wrong.request.substr(0, wrong.request.find('\r'));
    const auto response = send(wrong.request);
    EXPECT_EQ(response.status, wrong.status) << shown << "\n" << response.body;
    EXPECT_EQ(response.header("Content-Type"), "application/problem+json") << shown;
    EXPECT_EQ(response.header("X-Content-Type-Options"), "nosniff") << shown;
    const auto problem = response.json();
    ASSERT_TRUE(problem.is_object()) << shown;
    EXPECT_EQ(problem["reason"], wrong.reason) << shown << "\n" << response.body;
    EXPECT_EQ(problem["status"], wrong.status) << shown;
    EXPECT_NE(problem["detail"].get<std::string>().find(wrong.word), std::string::npos) << shown << "\n"
                                                                                        << response.body;
    EXPECT_EQ(response.header("Allow").empty(), wrong.status != 405) << shown;
  }

  Services services;
};

TEST_F(BadRequestsTest, GetTheRightStatusAndAreToldWhatToDo) {
  const auto head = [&] {
    return get(services.edge.port(), "/api/events/history?topic=channels/news").json()["head"].get<std::string>();
  };
  const auto before = head();
  for (const auto& wrong : bad_requests()) expect(wrong);
  EXPECT_EQ(head(), before) << "none of them did anything";
  EXPECT_EQ(get(services.edge.port(), "/readyz").status, 200);
}

TEST_F(BadRequestsTest, AboutATasksStateAreToldTheState) {
  const auto port = services.edge.port();
  const auto start = [&] {
    const auto started = post(port, "/api/tasks/alice/start", {{"params", {{"durationMs", 60'000}}}});
    return "/api/tasks/alice/" + started.json()["taskId"].get<std::string>();
  };
  const std::string running = start();
  expect({message("DELETE " + running), 409, "TASK_NOT_ENDED", "cancel"});
  expect({message("POST " + running + "/retry"), 409, "TASK_NOT_RETRYABLE", "running"});
  ASSERT_EQ(request(port, "POST", running + "/cancel").status, 202);
  ASSERT_TRUE(eventually([&] { return get(port, running).json()["status"] == "cancelled"; }));
  expect({message("POST " + running + "/cancel"), 409, "TASK_ENDED", "cancelled"});
  ASSERT_EQ(request(port, "DELETE", running).status, 204);
  expect({message("DELETE " + running), 404, "TASK_NOT_FOUND", "no such task"});
}

TEST_F(BadRequestsTest, ThatRepeatAKeyForSomethingElseAreRefused) {
  const auto key = [](const std::string& body) {
    return with_json("POST /publish/news", body, "Idempotency-Key: k\r\n");
  };
  EXPECT_EQ(send(key("1")).status, 202);
  expect({key("2"), 422, "IDEMPOTENCY_KEY_REUSED", "new one"});
}

TEST_F(BadRequestsTest, WithoutAnEngineAreToldToComeBack) {
  services.engine.kill();
  const auto port = services.edge.port();
  Response read;
  EXPECT_TRUE(eventually([&] {
    read = get(port, "/api/tasks/alice");
    return read.status == 503;
  }));
  EXPECT_EQ(read.json()["reason"], "ENGINE_UNAVAILABLE");
  EXPECT_FALSE(read.header("Retry-After").empty());
  const auto write = post(port, "/publish/news", 1);
  EXPECT_EQ(write.status, 503) << write.body;
  EXPECT_FALSE(write.header("Retry-After").empty());
}

TEST_F(BadRequestsTest, BeyondWhatMayWaitForTheEngineAreTurnedAway) {
  constexpr int kMostCalls = 256;
  services.engine.process().signal(SIGSTOP);
  std::vector<Socket> waiting;
  for (int i = 0; i < kMostCalls; ++i) {
    waiting.emplace_back(services.edge.port());
    waiting.back().send(message("GET /api/task-types", kGoodHost + "Connection: close\r\n"));
  }
  Response refused;
  EXPECT_TRUE(eventually([&] {
    Socket socket(services.edge.port());
    socket.send(message("GET /api/task-types"));
    HttpReader reader(socket);
    refused = reader.read_head(within(std::chrono::milliseconds(200)));
    if (refused.status != 0) refused.body = reader.read_body(refused);
    return refused.status == 503;
  }));
  EXPECT_EQ(refused.json()["reason"], "TOO_MANY_CALLS");
  services.engine.process().signal(SIGCONT);
  int served = 0;
  for (auto& socket : waiting) {
    HttpReader reader(socket);
    const auto status = reader.read_head().status;
    EXPECT_TRUE(status == 200 || status == 503) << status;
    served += status == 200 ? 1 : 0;
  }
  EXPECT_GT(served, kMostCalls - 10) << "all but those whose places the probes took";
}

TEST_F(BadRequestsTest, ToAnEdgeThatNeverMetAnEngineAreToldSo) {
  const Service edge("taskwire-edge", {"--engine", "127.0.0.1:1"});
  const auto response = get(edge.port(), "/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.json()["reason"], "NOT_SYNCED");
}

}  // namespace
}  // namespace taskwire::test
