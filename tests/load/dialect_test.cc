#include "bench/dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::bench {
namespace {

using testing::HasSubstr;

Dialect known(std::string_view server, const std::string& base = "http://127.0.0.1:8080") {
  return Dialect::of(*known_templates(server), base).value();
}

std::string mistake(const Templates& templates, const std::string& base = "http://127.0.0.1:8080") {
  const auto dialect = Dialect::of(templates, base);
  return dialect ? "" : dialect.error();
}

TEST(Dialect, AsksForAStream) {
  std::string request;
  known("taskwire").append_subscribe(request, "news", "");
  EXPECT_EQ(request, "GET /stream/news HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: text/event-stream\r\n\r\n");
  request.clear();
  known("nchan", "localhost:81/below/").append_subscribe(request, "news", "1:0");
  EXPECT_EQ(
      request,
      "GET /below/sub/news HTTP/1.1\r\nHost: localhost:81\r\nAccept: text/event-stream\r\nLast-Event-ID: 1:0\r\n\r\n");
}

TEST(Dialect, Publishes) {
  std::string request;
  known("floor").append_publish(request, "news", "hello");
  EXPECT_EQ(request,
            "POST /publish/news HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: text/plain\r\nContent-Length: "
            "5\r\n\r\nhello");
  request.clear();
  const auto pushpin = known("pushpin");
  pushpin.append_publish(request, "news", "hello");
  EXPECT_THAT(request, HasSubstr("POST /publish/ HTTP/1.1\r\nHost: 127.0.0.1:5561\r\n"));
  EXPECT_THAT(request,
              HasSubstr("\r\n\r\n"
                        R"({"items":[{"channel":"news","formats":{"http-stream":{"content":"data: hello\n\n"}}}]})"));
  EXPECT_EQ(pushpin.publish_at().port, "5561");
  EXPECT_EQ(pushpin.subscribe_at().port, "8080");
}

TEST(Dialect, PollsAfterAPlaceOnceThereIsOne) {
  std::string request;
  known("taskwire").append_poll(request, "news", "");
  EXPECT_THAT(request, HasSubstr("GET /api/events/history?topic=channels/news&limit=100 HTTP/1.1\r\n"));
  request.clear();
  known("taskwire").append_poll(request, "news", "abc-7");
  EXPECT_THAT(request, HasSubstr("GET /api/events/history?topic=channels/news&limit=100&after=abc-7 HTTP/1.1\r\n"));
  EXPECT_FALSE(known("nchan").can_poll());
}

TEST(Dialect, PollsWhereTheUrlSays) {
  const Templates templates{.subscribe_url = "/s/{channel}",
                            .publish_url = "/p/{channel}",
                            .poll_url = "http://127.0.0.2:9000/poll/{channel}"};
  const auto dialect = Dialect::of(templates, "http://127.0.0.1:8080");
  ASSERT_TRUE(dialect) << dialect.error();
  EXPECT_EQ(dialect->poll_at().host, "127.0.0.2");
  EXPECT_EQ(dialect->poll_at().port, "9000");
  EXPECT_EQ(dialect->subscribe_at().port, "8080");
}

TEST(Dialect, LeavesOtherBracketsAlone) {
  std::string out;
  append_filled(out, "{[a]}{channel}{x}[{after}]{", {.channel = "c", .after = ""});
  EXPECT_EQ(out, "{[a]}c{x}{");
}

TEST(Dialect, SaysWhatIsWrongAndHowToMendIt) {
  const Templates good{.subscribe_url = "/s/{channel}", .publish_url = "/p/{channel}"};
  EXPECT_EQ(mistake(good), "");
  auto bad = good;
  bad.subscribe_url = "/s";
  EXPECT_THAT(mistake(bad), HasSubstr("--subscribe-url has no {channel}"));
  bad = good;
  bad.publish_url = "/p";
  EXPECT_THAT(mistake(bad), HasSubstr("neither --publish-url nor --publish-body has {channel}"));
  bad = good;
  bad.publish_body = "hello";
  EXPECT_THAT(mistake(bad), HasSubstr("--publish-body has no {payload}"));
  bad = good;
  bad.publish_url = "p/{channel}";
  EXPECT_THAT(mistake(bad), HasSubstr("--publish-url: 'p/{channel}' is neither a path"));
  EXPECT_THAT(mistake(good, "https://x"), HasSubstr("is https"));
}

}  // namespace
}  // namespace taskwire::bench
