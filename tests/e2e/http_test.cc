#include "support/http.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

class HttpTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }
  Services services{
      {}, {"--request-timeout", "500ms", "--cors-origin", "https://app.example.org", "--max-connections", "40"}};
};

TEST_F(HttpTest, HasTheHeadersOfAnEventStream) {
  const Stream stream(port(), "/stream/news");
  const auto& head = stream.head();
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(head.header("Cache-Control"), "no-cache, no-transform");
  EXPECT_EQ(head.header("X-Accel-Buffering"), "no");
  EXPECT_EQ(head.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(head.header("Transfer-Encoding"), "chunked");
  EXPECT_FALSE(head.header("Date").empty());
}

TEST_F(HttpTest, StreamsUnchunkedToHttp10) {
  Socket socket(port());
  socket.send("GET /stream/news HTTP/1.0\r\n\r\n");
  HttpReader reader(socket);
  const auto head = reader.read_head();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Transfer-Encoding"), "");
  std::string body;
  while (body.find("\n\nid: ") == std::string::npos) {
    const auto bytes = reader.read_some(head, within());
    ASSERT_TRUE(bytes && !bytes->empty());
    body += *bytes;
  }
  EXPECT_TRUE(body.starts_with(": ")) << body;
}

TEST_F(HttpTest, AnswersHeadLikeGetWithoutBody) {
  for (const auto* target : {"/stream/news", "/api/tasks/alice", "/healthz", "/api/task-types"}) {
    Socket socket(port());
    socket.send(std::string("HEAD ") + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    HttpReader reader(socket);
    EXPECT_EQ(reader.read_head().status, 200) << target;
    EXPECT_EQ(socket.receive(1, within()), "") << target;
  }
}

TEST_F(HttpTest, NamesTheMethodsThatAPathTakes) {
  const auto wrong = request(port(), "PUT", "/api/tasks/alice/start");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "POST, OPTIONS");
  EXPECT_EQ(wrong.json()["reason"], "METHOD_NOT_ALLOWED");
  const auto options = request(port(), "OPTIONS", "/api/tasks/alice");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(request(port(), "OPTIONS", "*").status, 204);
  EXPECT_EQ(get(port(), "/api/nothing").status, 404);
  EXPECT_EQ(request(port(), "POST", "/nothing").status, 404);
}

TEST_F(HttpTest, ServesSeveralRequestsOnOneConnection) {
  Socket socket(port());
  HttpReader reader(socket);
  for (int i = 0; i < 3; ++i) {
    socket.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const auto head = reader.read_head();
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(reader.read_body(head), R"({"status":"ok"})");
  }
}

TEST_F(HttpTest, RefusesForeignHosts) {
  for (const auto* target : {"/", "/stream/news", "/api/tasks/alice", "/api/task-progress/alice"}) {
    const auto response = get(port(), target, {{"Host", "rebound.example:8080"}});
    EXPECT_EQ(response.status, 421) << target;
    EXPECT_EQ(response.json()["reason"], "UNKNOWN_HOST");
  }
  EXPECT_EQ(post(port(), "/api/tasks/alice/start", json::object(), {{"Host", "rebound.example"}}).status, 421);
}

TEST_F(HttpTest, AnswersProbesWhateverHostTheyName) {
  for (const auto* target : {"/healthz", "/readyz"}) {
    EXPECT_EQ(get(port(), target, {{"Host", "10.1.2.3:8080"}}).status, 200) << target;
    EXPECT_EQ(request(port(), "POST", target, {{"Host", "10.1.2.3"}}).status, 405) << target;
  }
}

TEST_F(HttpTest, PassesOnHalfASurrogatePairAsItCame) {
  Stream stream(port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  const std::string data = R"({"a":"\ud800","b":"\u2028"})";
  EXPECT_EQ(request(port(), "POST", "/publish/news", {{"Content-Type", "application/json"}}, data).status, 202);
  EXPECT_EQ(stream.next()->data, data);
}

TEST_F(HttpTest, TakesTheCookiesOfOtherServicesOfTheHost) {
  const Stream stream(port(), "/stream/news", "", {{"Cookie", std::string(48 << 10, 'c')}});
  EXPECT_EQ(stream.head().status, 200);
}

TEST_F(HttpTest, LetsForeignPagesNeitherStartNorRead) {
  const Headers page = {{"Origin", "http://evil.example"}, {"Sec-Fetch-Site", "cross-site"}};
  const auto refused = post(port(), "/api/tasks/alice/start", json::object(), page);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.json()["reason"], "FOREIGN_ORIGIN");
  EXPECT_EQ(post(port(), "/publish/news", 1, page).status, 403);
  EXPECT_EQ(post(port(), "/api/tasks/alice/start", json::object(), {{"Sec-Fetch-Site", "same-site"}}).status, 403);
  EXPECT_TRUE(get(port(), "/api/tasks/alice").json()["tasks"].empty());
  const Stream stream(port(), "/api/task-progress/alice", "", page);
  EXPECT_EQ(stream.head().header("Access-Control-Allow-Origin"), "") << "so the browser keeps it from the page";
}

TEST_F(HttpTest, LetsAllowedOriginsStartAndRead) {
  const Headers page = {{"Origin", "https://app.example.org"}, {"Sec-Fetch-Site", "cross-site"}};
  const auto started = post(port(), "/api/tasks/alice/start", json::object(), page);
  EXPECT_EQ(started.status, 202);
  EXPECT_EQ(started.header("Access-Control-Allow-Origin"), "https://app.example.org");
  EXPECT_EQ(started.header("Access-Control-Expose-Headers"), "location, retry-after");
  EXPECT_EQ(started.header("Vary"), "Origin");
  const Stream stream(port(), "/api/task-progress/alice", "", page);
  EXPECT_EQ(stream.head().header("Access-Control-Allow-Origin"), "https://app.example.org");
  const auto preflight = request(port(), "OPTIONS", "/api/tasks/alice/start",
                                 {{"Origin", "https://app.example.org"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(preflight.header("Access-Control-Allow-Headers"),
            "authorization, cache-control, content-type, idempotency-key, last-event-id, traceparent");
}

TEST_F(HttpTest, LetsAllowedOriginsReadWhyTheyAreTurnedAwayEarly) {
  const std::string head = "POST /publish/news HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example.org\r\n";
  for (const auto& [rest, status] : {std::pair("Content-Length: 999999999\r\n\r\n", 413),
                                     {"Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
                                     {"Bad Header: x\r\n\r\n", 400},
                                     {"Content-Type: application/json\r\nContent-Length: 5\r\n\r\n1", 408}}) {
    Socket socket(port());
    socket.send(head + rest);
    HttpReader reader(socket);
    const auto refused = reader.read_head(within(std::chrono::seconds(10)));
    EXPECT_EQ(refused.status, status) << rest;
    EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), "https://app.example.org") << status;
  }
  Socket socket(port());
  socket.send(head + "X-Large: " + std::string(70'000, 'x') + "\r\n\r\n");
  HttpReader reader(socket);
  const auto refused = reader.read_head();
  EXPECT_EQ(refused.status, 431);
  EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), "https://app.example.org") << "which came before";
}

TEST_F(HttpTest, WantsJson) {
  const auto wrong = request(port(), "POST", "/api/tasks/alice/start", {{"Content-Type", "text/plain"}}, "{}");
  EXPECT_EQ(wrong.status, 415);
  EXPECT_EQ(wrong.json()["reason"], "UNSUPPORTED_MEDIA_TYPE");
  EXPECT_EQ(request(port(), "POST", "/api/tasks/alice/start").status, 202) << "an empty body aside";
  EXPECT_EQ(request(port(), "POST", "/publish/news", {{"Content-Type", "application/json"}}, "{").json()["reason"],
            "INVALID_JSON");
}

TEST_F(HttpTest, LimitsWhatIsSent) {
  const auto header = get(port(), "/healthz", {{"X-Large", std::string(70'000, 'x')}});
  EXPECT_EQ(header.status, 431);
  EXPECT_EQ(header.json()["reason"], "HEADER_TOO_LARGE");
  const auto body = request(port(), "POST", "/api/tasks/alice/start", {{"Content-Type", "application/json"}},
                            std::string(300'000, ' '));
  EXPECT_EQ(body.status, 413);
  EXPECT_EQ(body.json()["reason"], "BODY_TOO_LARGE");
  const auto payload = post(port(), "/publish/news", std::string(61'439, 'x'));
  EXPECT_EQ(payload.status, 413);
  EXPECT_EQ(payload.json()["reason"], "PAYLOAD_TOO_LARGE");
  EXPECT_EQ(post(port(), "/publish/news", std::string(61'438, 'x')).status, 202);
}

TEST_F(HttpTest, WaitsOnlySoLongForARequest) {
  Socket socket(port());
  socket.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  HttpReader reader(socket);
  EXPECT_EQ(reader.read_body(reader.read_head()).size(), 15U);
  socket.send("GET /healthz HTTP/1.1\r\nHost: loc");
  EXPECT_EQ(reader.read_head(within(std::chrono::seconds(10))).status, 408);
}

TEST_F(HttpTest, AnswersWhatIsNoHttp) {
  for (const auto* text : {"nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                           "GET / HTTP/1.1\r\n\r\n"}) {
    Socket socket(port());
    socket.send(text);
    HttpReader reader(socket);
    EXPECT_EQ(reader.read_head().status, 400) << text;
  }
}

TEST_F(HttpTest, KeepsClientsOfAFullEdgeComingBack) {
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 40; ++i) streams.push_back(std::make_unique<Stream>(port(), "/stream/news"));
  Stream stream(port(), "/stream/news", "", {{"Origin", "https://app.example.org"}});
  EXPECT_EQ(stream.head().status, 200);
  EXPECT_EQ(stream.head().header("Access-Control-Allow-Origin"), "https://app.example.org");
  EXPECT_TRUE(stream.wait_for_end());
  ASSERT_TRUE(stream.retry());
  EXPECT_GE(*stream.retry(), std::chrono::seconds(10));
  const auto plain = get(port(), "/stream/news");
  EXPECT_EQ(plain.status, 503);
  EXPECT_EQ(plain.json()["reason"], "TOO_MANY_CONNECTIONS");
  EXPECT_FALSE(plain.header("Retry-After").empty());
  EXPECT_EQ(get(port(), "/healthz").status, 200) << "it lives";
  streams.clear();
  EXPECT_TRUE(eventually([&] { return get(port(), "/api/tasks/alice").status == 200; }));
}

TEST_F(HttpTest, LetsGoOfAClientThatHasGone) {
  const auto descriptors = [&] {
    const auto folder = "/proc/" + std::to_string(services.edge.process().pid()) + "/fd";
    return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
  };
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 20; ++i) {
    streams.push_back(std::make_unique<Stream>(port(), "/stream/news"));
    ASSERT_TRUE(streams.back()->wait_for_id());
  }
  const auto with_streams = descriptors();
  for (int i = 0; i < 10; ++i) streams[static_cast<std::size_t>(i)]->reset();
  streams.clear();
  constexpr std::chrono::milliseconds kSoon(2000);  // a second, and another for the sanitizers
  EXPECT_TRUE(eventually([&] { return descriptors() <= with_streams - 20; }, within(kSoon)));
}

TEST_F(HttpTest, RefusesToWriteWhereTheEngineAloneDoes) {
  for (const auto* channel : {"host", "heart-rate", "pulse"}) {
    const auto refused = post(port(), std::string("/publish/") + channel, 1);
    EXPECT_EQ(refused.status, 403) << channel;
    EXPECT_EQ(refused.json()["reason"], "TOPIC_READ_ONLY");
  }
}

}  // namespace
}  // namespace taskwire::test
