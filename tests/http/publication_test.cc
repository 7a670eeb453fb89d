#include "http/publication.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

Result<Publication> parse(const std::string& type, const std::string& body, const char* target = "/publish/news",
                          std::vector<std::pair<std::string, std::string>> headers = {}) {
  HttpRequest request;
  request.headers = std::move(headers);
  if (!type.empty()) request.headers.emplace_back("Content-Type", type);
  request.body = body;
  return parse_publication(request, *parse_target(target), "channels/news");
}

Reason reason_of(const Result<Publication>& publication) {
  return publication ? Reason::stale_report : publication.error().reason;
}

TEST(Publication, TakesJsonAndTextAsTheyAre) {
  EXPECT_EQ(parse("application/json", "{ \"a\" :1}")->events.at(0).data(), "{ \"a\" :1}");
  EXPECT_EQ(parse("text/plain; charset=utf-8", "a\r\nb")->events.at(0).data(), "a\r\nb");
  EXPECT_EQ(parse("text/plain", "")->events.at(0).data(), "");
  EXPECT_FALSE(parse("text/plain", "x")->is_batch);
  EXPECT_EQ(parse("text/plain", "x")->events.at(0).topic(), "channels/news");
}

TEST(Publication, TakesHalfASurrogatePairAsItIs) {
  EXPECT_EQ(parse("application/json", R"({"a":"\ud800"})")->events.at(0).data(), R"({"a":"\ud800"})");
  EXPECT_EQ(parse("application/x-ndjson", R"("\udfff")")->events.at(0).data(), R"("\udfff")");
}

TEST(Publication, TakesAnEventALine) {
  const auto batch = parse("application/x-ndjson", "{\"a\":1}\r\n\n \t\n2\n\"c\"");
  ASSERT_TRUE(batch);
  EXPECT_TRUE(batch->is_batch);
  ASSERT_EQ(batch->events.size(), 3U);
  EXPECT_EQ(batch->events[0].data(), "{\"a\":1}");
  EXPECT_EQ(batch->events[1].data(), "2");
  EXPECT_EQ(batch->events[2].data(), "\"c\"");
  EXPECT_TRUE(parse("application/x-ndjson", "1\n")->is_batch) << "one line is a batch too";
}

TEST(Publication, NamesTheLineThatIsWrong) {
  const auto broken = parse("application/x-ndjson", "1\n\n{\n3");
  EXPECT_EQ(reason_of(broken), Reason::invalid_json);
  EXPECT_EQ(broken.error().detail.find("Line 3: "), 0U);
  const auto large = parse("application/x-ndjson", "1\n\"" + std::string(61'439, 'x') + "\"");
  EXPECT_EQ(reason_of(large), Reason::payload_too_large);
  EXPECT_EQ(large.error().detail.find("Line 2: "), 0U);
}

TEST(Publication, IsBounded) {
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "1\n";
  EXPECT_EQ(parse("application/x-ndjson", lines)->events.size(), 1000U);
  EXPECT_EQ(reason_of(parse("application/x-ndjson", lines + "1")), Reason::invalid_batch);
  EXPECT_EQ(reason_of(parse("application/x-ndjson", "\n")), Reason::invalid_batch);
  EXPECT_EQ(reason_of(parse("text/plain", std::string(61'441, 'x'))), Reason::payload_too_large);
  EXPECT_TRUE(parse("text/plain", std::string(61'440, 'x')));
}

TEST(Publication, RefusesWhatItCannotRead) {
  EXPECT_EQ(reason_of(parse("", "")), Reason::invalid_json);
  EXPECT_EQ(reason_of(parse("", "1")), Reason::unsupported_media_type);
  EXPECT_EQ(reason_of(parse("text/html", "1")), Reason::unsupported_media_type);
  EXPECT_EQ(reason_of(parse("application/json", "")), Reason::invalid_json);
  EXPECT_EQ(reason_of(parse("application/json", "{")), Reason::invalid_json);
  EXPECT_EQ(reason_of(parse("application/json", R"({"a":[{"b":1,"b":1}]})")), Reason::invalid_json);
  EXPECT_EQ(reason_of(parse("application/x-ndjson", "1\n{\"b\":1,\"b\":1}")), Reason::invalid_json);
  EXPECT_EQ(reason_of(parse("application/json", "\"\xff\"")), Reason::invalid_json);
  for (const auto* retry : {"soon", "", "99", "3600001"}) {
    const auto target = std::string("/publish/news?retry=") + retry;
    EXPECT_EQ(reason_of(parse("text/plain", "x", target.c_str())), Reason::invalid_retry) << retry;
  }
  for (const auto* twice : {"retry=&retry=500", "retry=500&retry=500", "event=a&event=a"}) {
    const auto target = std::string("/publish/news?") + twice;
    EXPECT_EQ(reason_of(parse("text/plain", "x", target.c_str())), Reason::repeated_parameter) << twice;
  }
  EXPECT_EQ(reason_of(parse("text/plain", "\xff")), Reason::invalid_data);
  for (const auto* type : {"", "reset", "a%20b", "1st", "%ff", "taskUpdate"}) {
    const auto target = std::string("/publish/news?event=") + type;
    EXPECT_EQ(reason_of(parse("text/plain", "x", target.c_str())), Reason::invalid_event_type) << type;
  }
  for (const auto& key : {std::string(), std::string("a b"), std::string("\xff"), std::string(256, 'k')}) {
    EXPECT_EQ(reason_of(parse("text/plain", "x", "/publish/news", {{"Idempotency-Key", key}})),
              Reason::invalid_request_id)
        << key;
  }
}

TEST(Publication, HasTypeRetryAndKey) {
  const auto one = parse("text/plain", "x", "/publish/news?event=note&retry=500", {{"Idempotency-Key", "k"}});
  ASSERT_TRUE(one);
  EXPECT_EQ(one->events[0].type(), "note");
  EXPECT_EQ(one->events[0].retry_ms(), 500);
  EXPECT_EQ(one->request_id, "k");
  const auto two = parse("application/x-ndjson", "1\n2", "/publish/news?event=note&retry=500");
  EXPECT_EQ(two->events[1].type(), "note");
  EXPECT_EQ(two->events[1].retry_ms(), 500);
}

TEST(Publication, IsAnsweredByIds) {
  EXPECT_EQ(published_json("e-1"), R"({"id":"e-1"})");
  EXPECT_EQ(published_json("e-9", 1), R"({"ids":["e-9"]})");
  EXPECT_EQ(published_json("e-9", 3), R"({"ids":["e-9","e-10","e-11"]})");
}

}  // namespace
}  // namespace taskwire::edge
