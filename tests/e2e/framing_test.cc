// Where one request ends and the next begins (RFC 9112), from raw sockets: what two servers could read in two ways is
// refused, and the connection closed.
#include <gtest/gtest.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

const std::string kHost = "Host: localhost\r\n";
const std::string kProbe = "GET /healthz HTTP/1.1\r\n" + kHost + "\r\n";

class FramingTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }

  /// The statuses of all answers to `bytes`, up to the connection's end; 0 where it does not end.
  std::vector<int> statuses(const std::string& bytes) {
    Socket socket(port());
    socket.send(bytes);
    HttpReader reader(socket);
    std::vector<int> all;
    for (;;) {
      const auto head = reader.read_head();
      if (head.status == 0) break;
      all.push_back(head.status);
      if (head.status != 100) reader.read_body(head);
    }
    if (socket.receive(1, within(milliseconds(0))) != "") all.push_back(0);
    return all;
  }
  std::string post(const std::string& headers, const std::string& body, const std::string& version = "1.1") {
    return "POST /publish/news HTTP/" + version + "\r\n" + kHost + "Content-Type: text/plain\r\n" + headers + "\r\n" +
           body;
  }
  std::string last() { return "GET /healthz HTTP/1.1\r\n" + kHost + "Connection: close\r\n\r\n"; }

  Services services{{}, {"--request-timeout", "1s"}};
};

using Statuses = std::vector<int>;

TEST_F(FramingTest, GoesOnWithTheNextRequestWhereOneEnds) {
  EXPECT_EQ(statuses(kProbe + kProbe + last()), (Statuses{200, 200, 200})) << "pipelined";
  EXPECT_EQ(statuses("\r\n\r\n" + kProbe + "\r\n" + last()), (Statuses{200, 200})) << "empty lines between them";
  EXPECT_EQ(statuses(post("Content-Length: 2\r\n", "hi") + last()), (Statuses{202, 200}));
  EXPECT_EQ(statuses(post("Transfer-Encoding: chunked\r\n", "2;x=y\r\nhi\r\n0\r\nX: y\r\n\r\n") + last()),
            (Statuses{202, 200}));
  EXPECT_EQ(statuses("GET /healthz HTTP/1.1\r\n" + kHost + "Content-Length: 2\r\n\r\nhi" + last()),
            (Statuses{200, 200}));
  EXPECT_EQ(statuses("GET /healthz HTTP/1.0\r\n\r\n" + kProbe), (Statuses{200})) << "1.0 closes";
  EXPECT_EQ(statuses("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + last()), (Statuses{200, 200}));
}

TEST_F(FramingTest, RefusesWhatCouldBeReadInTwoWays) {
  const std::string smuggled = "0\r\n\r\n" + kProbe;
  for (const std::string& bytes :
       {post("Transfer-Encoding: chunked\r\n", smuggled, "1.0"), post("Transfer-Encoding:\r\n", smuggled),
        post("Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n", smuggled),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", smuggled),
        post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", smuggled),
        post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", smuggled),
        post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello" + kProbe),
        post("Content-Length: 5, 5\r\n", "hello" + kProbe), post("Content-Length : 5\r\n", "hello" + kProbe),
        post("Transfer-Encoding : chunked\r\n", smuggled), post("X: y\r\n Transfer-Encoding: chunked\r\n", smuggled),
        post("Transfer-Encoding: \vchunked\r\n", smuggled), post("X: y\rTransfer-Encoding: chunked\r\n", smuggled),
        post("Transfer-Encoding: chunked\r\n", "2\r\nhiX\r\n0\r\n\r\n" + kProbe),
        post("Transfer-Encoding: chunked\r\n", "2\nhi\r\n0\r\n\r\n" + kProbe),
        post("Transfer-Encoding: chunked\r\n", "0x2\r\nhi\r\n0\r\n\r\n" + kProbe)}) {
    EXPECT_EQ(statuses(bytes), Statuses{400}) << bytes;
  }
  EXPECT_EQ(statuses(post("Transfer-Encoding: xchunked\r\n", smuggled)), Statuses{501});
  EXPECT_EQ(statuses(post("Transfer-Encoding: chunked, identity\r\n", smuggled)), Statuses{501});
}

TEST_F(FramingTest, TakesNoTrailerForAHeader) {
  const auto send = [&](const std::string& trailers, const std::string& body) {
    return statuses("POST /publish/news HTTP/1.1\r\n" + kHost + "Content-Type: text/plain\r\n" +
                    "Transfer-Encoding: chunked\r\n\r\n1\r\n" + body + "\r\n0\r\n" + trailers + "\r\n" + last());
  };
  EXPECT_EQ(send("Idempotency-Key: k\r\n", "1"), (Statuses{202, 200}));
  EXPECT_EQ(send("Idempotency-Key: k\r\n", "2"), (Statuses{202, 200})) << "not 422: there was no key";
  EXPECT_EQ(send("Content-Type: image/png\r\n", "1"), (Statuses{202, 200}));
  EXPECT_EQ(send("Connection: close\r\n", "1"), (Statuses{202, 200}));
  EXPECT_EQ(send("Content-Encoding: gzip\r\nOrigin: http://evil.example\r\n", "1"), (Statuses{202, 200}));
}

TEST_F(FramingTest, SurvivesTrailersExtensionsAndHeadersWithoutEnd) {
  const std::string large(200'000, 'x');
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  EXPECT_EQ(statuses(post(chunked, "0\r\nX: " + large + "\r\n\r\n")), Statuses{431});
  EXPECT_EQ(statuses(post(chunked, "0\r\n" + large + ": x\r\n\r\n")), Statuses{431});
  EXPECT_EQ(statuses(post(chunked, "1;" + large + "\r\nx\r\n0\r\n\r\n")), Statuses{431});
  EXPECT_EQ(statuses(post("X: " + large + "\r\n", "")), Statuses{431});
  EXPECT_EQ(get(port(), "/healthz").status, 200);
}

TEST_F(FramingTest, SurvivesLongFieldsWhereTheHeaderMayBeLarge) {
  const Service edge("taskwire-edge", {"--engine", services.engine.address(), "--max-header-bytes", "1048576"});
  const auto answer = get(edge.port(), "/healthz", {{"X-Long", std::string(70'000, 'x')}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(get(edge.port(), "/healthz", {{std::string(70'000, 'x'), "x"}}).status, 200);
}

TEST_F(FramingTest, AsksForABodyOnlyWhoWaitsForThat) {
  const std::string expect = "Expect: 100-continue\r\nContent-Length: 2\r\n";
  Socket socket(port());
  HttpReader reader(socket);
  socket.send(post(expect, ""));
  EXPECT_EQ(reader.read_head().status, 100);
  socket.send("hi");
  EXPECT_EQ(reader.read_head().status, 202);
  EXPECT_EQ(statuses(post(expect, "hi") + last()), (Statuses{202, 200})) << "the body is there already";
  EXPECT_EQ(statuses(post(expect, "hi", "1.0")), Statuses{202}) << "1.0 knows no 100";
  Socket old(port());
  HttpReader from_old(old);
  old.send(post(expect, "", "1.0"));
  EXPECT_EQ(from_old.read_head().status, 408) << "no 100 before it";
  EXPECT_EQ(statuses(post("Expect: 200-ok\r\nContent-Length: 2\r\n", "hi")), Statuses{417});
  const auto nowhere = "POST /nothing HTTP/1.1\r\n" + kHost + expect + "\r\n";
  EXPECT_EQ(statuses(nowhere), Statuses{404}) << "refused before the body is asked for";
}

TEST_F(FramingTest, TakesManyEventsOnlyWhereTheyArePublished) {
  const std::string body(1'000'000, '\n');
  const auto send = [&](const std::string& path, const std::string& host) {
    Socket socket(port());
    socket.send("POST " + path + " HTTP/1.1\r\n" + host +
                "Content-Type: application/x-ndjson\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    HttpReader reader(socket);
    return reader.read_head(within(std::chrono::seconds(10))).status;
  };
  EXPECT_EQ(send("/api/tasks/alice/start", kHost), 413);
  EXPECT_EQ(send("/nothing", kHost), 404);
  EXPECT_EQ(send("/publish/news", "Host: rebound.example\r\n"), 421);
  EXPECT_EQ(statuses("POST /publish/news HTTP/1.1\r\n" + kHost +
                     "Connection: close\r\nContent-Type: application/x-ndjson\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n\r\n" + body),
            Statuses{400})
      << "read, and found to have no event";
}

TEST_F(FramingTest, LetsAStreamEndAsOtherBodiesDo) {
  const Stream stream(port(), "/stream/news");
  EXPECT_EQ(stream.head().status, 200);
  EXPECT_EQ(stream.head().header("Connection"), "") << "with it, some clients take a cut stream for a whole one";
}

TEST_F(FramingTest, TellsWhoIsTooSlow) {
  Socket silent(port());
  EXPECT_EQ(silent.receive(1, within(std::chrono::seconds(10))), "") << "nobody waits for an answer";
  Socket header(port());
  header.send("GET /healthz HTTP/1.1\r\nHost: loc");
  HttpReader of_header(header);
  EXPECT_EQ(of_header.read_head().status, 408);
  Socket body(port());
  body.send(post("Content-Length: 5\r\n", "he"));
  HttpReader of_body(body);
  auto late = of_body.read_head();
  late.body = of_body.read_body(late);
  EXPECT_EQ(late.status, 408);
  EXPECT_EQ(late.json()["reason"], "REQUEST_TIMEOUT");
  EXPECT_EQ(late.header("Connection"), "close");
}

TEST_F(FramingTest, WaitsForABodyThatComes) {
  Socket socket(port());
  const std::string body(40'000, 'x');
  socket.send(post("Content-Length: " + std::to_string(body.size()) + "\r\n", ""));
  // 40 KiB in pieces, for three times as long as a pause may be.
  const auto begin = Clock::now();
  constexpr int kPieces = 10;
  for (int i = 0; i < kPieces; ++i) {
    EXPECT_EQ(socket.receive(1, begin + i * milliseconds(300)), std::nullopt) << "no answer yet";
    socket.send(body.substr(0, body.size() / kPieces));
  }
  HttpReader reader(socket);
  EXPECT_EQ(reader.read_head().status, 202);
}

}  // namespace
}  // namespace taskwire::test
