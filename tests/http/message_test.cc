#include "http/message.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

TEST(HttpRequest, FindsAHeaderInAnyCase) {
  HttpRequest request;
  request.headers = {{"Host", "localhost"}, {"Last-Event-ID", "e-1"}};
  EXPECT_EQ(request.header("last-event-id"), "e-1");
  EXPECT_FALSE(request.header("Origin"));
}

TEST(HttpToken, IsFoundInAList) {
  EXPECT_TRUE(has_token("gzip, deflate, br", "br"));
  EXPECT_TRUE(has_token("GZIP;q=0.5", "gzip"));
  EXPECT_TRUE(has_token("text/event-stream; charset=utf-8", "text/event-stream"));
  EXPECT_FALSE(has_token("gzip;q=0, br", "gzip"));
  EXPECT_FALSE(has_token("gzip;q=0.000", "gzip"));
  EXPECT_FALSE(has_token("brotli", "br"));
  EXPECT_FALSE(has_token("", "br"));
  EXPECT_TRUE(has_token("\"a\" ,\"b\"", "\"b\""));
}

TEST(HttpDate, IsAsHttpWritesIt) {
  EXPECT_EQ(http_date(std::chrono::system_clock::time_point(std::chrono::seconds(784111777))),
            "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(ResponseHead, SaysHowTheBodyEnds) {
  const auto response = json_response(200, "{}");
  const auto has = [](const std::string& head, const char* line) { return head.find(line) != std::string::npos; };
  const auto plain = response_head(response, Framing::length, true, false);
  EXPECT_TRUE(plain.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << plain;
  EXPECT_TRUE(has(plain, "\r\nContent-Length: 2\r\n"));
  EXPECT_FALSE(has(plain, "Connection"));
  EXPECT_TRUE(plain.ends_with("\r\n\r\n"));
  EXPECT_TRUE(has(response_head(response, Framing::chunked, false, false),
                  "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"));
  EXPECT_TRUE(has(response_head(response, Framing::length, true, true), "\r\nConnection: keep-alive\r\n"));
}

TEST(ResponseHead, GivesNoLengthWhereThereIsNoBody) {
  for (const unsigned status : {204U, 304U}) {
    EXPECT_EQ(response_head({status, {}, {}, nullptr}, Framing::length, true, false).find("Content-Length"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace taskwire::edge
