#include "bench/http_response.h"

#include <gtest/gtest.h>

namespace taskwire::bench {
namespace {

using State = HttpResponse::State;

/// The body of the answer in `bytes`, which are read in pieces of `size`.
std::string body_of(HttpResponse& response, std::string_view bytes, std::size_t size) {
  std::string body;
  while (!bytes.empty() && response.state() != State::done && response.state() != State::broken) {
    auto piece = bytes.substr(0, size);
    bytes.remove_prefix(piece.size());
    while (!piece.empty() && response.state() != State::done && response.state() != State::broken)
      body += response.next(piece);
  }
  return body;
}

TEST(HttpResponse, ReadsABodyOfKnownLength) {
  for (std::size_t size = 1; size < 60; ++size) {
    HttpResponse response;
    EXPECT_EQ(body_of(response, "HTTP/1.1 202 Accepted\r\ncontent-length: 5\r\nX: y\r\n\r\nhello", size), "hello");
    EXPECT_EQ(response.state(), State::done);
    EXPECT_EQ(response.status(), 202);
    EXPECT_TRUE(response.keeps_alive());
  }
}

TEST(HttpResponse, ReadsChunks) {
  for (std::size_t size = 1; size < 100; ++size) {
    HttpResponse response;
    EXPECT_EQ(body_of(response,
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n1A\r\n"
                      "abcdefghijklmnopqrstuvwxyz\r\n0\r\nTrailer: x\r\n\r\n",
                      size),
              "abcabcdefghijklmnopqrstuvwxyz");
    EXPECT_EQ(response.state(), State::done);
  }
}

TEST(HttpResponse, ReadsToTheEnd) {
  HttpResponse response;
  EXPECT_EQ(body_of(response, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndata: x\n", 7), "data: x\n");
  EXPECT_EQ(response.state(), State::body);
  EXPECT_FALSE(response.keeps_alive());
  response.end();
  EXPECT_EQ(response.state(), State::done);
}

TEST(HttpResponse, KnowsAnswersWithoutABody) {
  HttpResponse response;
  std::string_view two = "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
  (void)response.next(two);
  EXPECT_EQ(response.state(), State::done);
  EXPECT_EQ(response.status(), 204);
  response.restart();
  (void)response.next(two);
  EXPECT_EQ(response.state(), State::done);
  EXPECT_EQ(response.status(), 202);
  EXPECT_TRUE(two.empty());
}

TEST(HttpResponse, SeesWhatIsBroken) {
  for (const auto* const bytes :
       {"SSH-2.0-x\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"}) {
    HttpResponse response;
    (void)body_of(response, bytes, 1000);
    EXPECT_EQ(response.state(), State::broken) << bytes;
  }
  HttpResponse cut;
  (void)body_of(cut, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", 1000);
  cut.end();
  EXPECT_EQ(cut.state(), State::broken);
}

}  // namespace
}  // namespace taskwire::bench
