#include "resume/sse_parser.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace taskwire {
namespace {

using namespace std::string_literals;
using Events = std::vector<SseEvent>;

struct Parsed {
  Events events;
  std::string last_event_id;
  std::optional<std::chrono::milliseconds> retry;
  friend bool operator==(const Parsed&, const Parsed&) = default;
};

Parsed parse_in_two(std::string_view stream, std::size_t cut) {
  Parsed parsed;
  SseParser parser([&](SseEvent event) { parsed.events.push_back(std::move(event)); });
  parser.feed(stream.substr(0, cut));
  parser.feed(stream.substr(cut));
  parsed.last_event_id = parser.last_event_id();
  parsed.retry = parser.retry();
  return parsed;
}

/// Parses the stream whole, cut at every point, and byte by byte; all must agree.
Parsed parse(std::string_view stream) {
  const Parsed whole = parse_in_two(stream, 0);
  for (std::size_t cut = 1; cut <= stream.size(); ++cut)
    EXPECT_EQ(parse_in_two(stream, cut), whole) << "cut at " << cut;
  Parsed bytes;
  SseParser parser([&](SseEvent event) { bytes.events.push_back(std::move(event)); });
  for (const char c : stream) parser.feed({&c, 1});
  EXPECT_EQ(bytes.events, whole.events);
  return whole;
}

TEST(SseParser, DispatchesAtTheBlankLine) {
  EXPECT_EQ(parse("data: a\n\n").events, (Events{{"message", "a", ""}}));
  EXPECT_EQ(parse("data: a\n").events, Events{});
  EXPECT_EQ(parse("data: a").events, Events{});
}

TEST(SseParser, TakesEveryLineEnd) {
  const Events expected = {{"x", "a\nb", "7"}, {"message", "c", "7"}};
  EXPECT_EQ(parse("id: 7\nevent: x\ndata: a\ndata: b\n\ndata: c\n\n").events, expected);
  EXPECT_EQ(parse("id: 7\revent: x\rdata: a\rdata: b\r\rdata: c\r\r").events, expected);
  EXPECT_EQ(parse("id: 7\r\nevent: x\r\ndata: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n").events, expected);
  EXPECT_EQ(parse("id: 7\revent: x\ndata: a\r\ndata: b\r\n\ndata: c\n\r").events, expected);
}

TEST(SseParser, RemovesOneSpaceAfterTheColon) {
  EXPECT_EQ(parse("data:  two\n\n").events, (Events{{"message", " two", ""}}));
  EXPECT_EQ(parse("data:none\n\n").events, (Events{{"message", "none", ""}}));
}

TEST(SseParser, TakesAFieldWithoutColonAsEmpty) {
  EXPECT_EQ(parse("data\ndata\n\n").events, (Events{{"message", "\n", ""}}));
}

TEST(SseParser, DispatchesEmptyDataButNotNoData) {
  EXPECT_EQ(parse("data:\n\n").events, (Events{{"message", "", ""}}));
  EXPECT_EQ(parse("event: x\n\ndata: a\n\n").events, (Events{{"message", "a", ""}}));
}

TEST(SseParser, IgnoresCommentsAndUnknownFields) {
  EXPECT_EQ(parse(": hello\nData: x\nfoo: bar\ndata: a\n\n").events, (Events{{"message", "a", ""}}));
}

TEST(SseParser, StripsOneByteOrderMarkAtTheStart) {
  EXPECT_EQ(parse("\xEF\xBB\xBF"
                  "data: a\n\n")
                .events,
            (Events{{"message", "a", ""}}));
  EXPECT_EQ(parse("data: a\n\n\xEF\xBB\xBF"
                  "data: b\n\n")
                .events,
            (Events{{"message", "a", ""}}));
}

TEST(SseParser, CommitsAnIdAtTheBlankLine) {
  EXPECT_EQ(parse("id: 9\ndata: part").last_event_id, "");
  EXPECT_EQ(parse("id: 9\n\n").last_event_id, "9");
  EXPECT_EQ(parse("id: 9\n\nid\n\n").last_event_id, "");
  EXPECT_EQ(parse("id: 9\n\ndata: a\n\n").events, (Events{{"message", "a", "9"}}));
  EXPECT_EQ(parse("id: 9\n\nid: 1\0002\ndata: a\n\n"s).last_event_id, "9");
}

TEST(SseParser, TakesDigitsAsRetryAndNothingElse) {
  EXPECT_EQ(parse("retry: 1500\n\n").retry, std::chrono::milliseconds(1500));
  for (const auto* stream : {"retry: 1000x\n\n", "retry: -5\n\n", "retry: 3e2\n\n", "retry:\n\n", "retry:  5\n\n"}) {
    EXPECT_FALSE(parse(stream).retry) << stream;
  }
}

TEST(SseParser, GoesOnWithTheIdOfAnEarlierStream) {
  Events events;
  SseParser parser([&](SseEvent event) { events.push_back(std::move(event)); }, "e-7");
  EXPECT_EQ(parser.last_event_id(), "e-7");
  parser.feed("data: a\n\nid: e-8\ndata: b\n\n");
  EXPECT_EQ(events, (Events{{"message", "a", "e-7"}, {"message", "b", "e-8"}}));
}

TEST(SseParser, ForgetsTheUnfinishedAtAReconnect) {
  Events events;
  SseParser parser([&](SseEvent event) { events.push_back(std::move(event)); });
  parser.feed("id: 1\ndata: a\n\nid: 2\nevent: x\ndata: half");
  parser.reconnect();
  EXPECT_EQ(parser.last_event_id(), "1");
  parser.feed("data: b\n\n");
  EXPECT_EQ(events, (Events{{"message", "a", "1"}, {"message", "b", "1"}}));
}

}  // namespace
}  // namespace taskwire
