#include "hub/sse.h"

#include <gtest/gtest.h>
#include <vector>

#include "resume/sse_parser.h"

namespace taskwire::edge {
namespace {

std::string block(const SseBlock& content) {
  std::string text;
  append_block(text, content);
  return text;
}

TEST(SseBlock, WritesItsLinesInOrder) {
  EXPECT_EQ(block({.id = "e-7", .event = "taskUpdate", .retry_ms = 60'000, .data = "{}"}),
            "id: e-7\nevent: taskUpdate\nretry: 60000\ndata: {}\n\n");
}

TEST(SseBlock, LeavesOutWhatIsAbsent) {
  EXPECT_EQ(block({.id = "e-7"}), "id: e-7\n\n");
  EXPECT_EQ(block({.data = ""}), "data: \n\n");
  EXPECT_EQ(block({.retry_ms = 5}), "retry: 5\n\n");
}

TEST(SseBlock, BeginsANewDataLineAtEveryLineEnd) {
  EXPECT_EQ(block({.data = "a\rb\nc\r\nd"}), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(block({.data = "a\n"}), "data: a\ndata: \n\n");
  EXPECT_EQ(block({.data = "\n\r"}), "data: \ndata: \ndata: \n\n");
}

TEST(SseBlock, ComesBackFromAParserAsItWas) {
  for (const std::string data : {"", " leading", "two\nlines", "ends\n", "::", "grün \xF0\x9F\x8C\xB1", "data: x"}) {
    std::vector<SseEvent> events;
    SseParser parser([&](SseEvent event) { events.push_back(std::move(event)); });
    parser.feed(block({.id = "e-1", .event = "x", .data = data}));
    EXPECT_EQ(events, (std::vector<SseEvent>{{"x", data, "e-1"}}));
  }
}

TEST(Frame, IsOneChunk) {
  const Frame frame("data: 0123456789\n\n");
  EXPECT_EQ(frame.chunk(), "12\r\ndata: 0123456789\n\n\r\n");
  EXPECT_EQ(frame.plain(), "data: 0123456789\n\n");
  EXPECT_EQ(frame.bytes(true), frame.chunk());
  EXPECT_EQ(frame.bytes(false), frame.plain());
}

TEST(Comment, IsALineThatParsersIgnore) {
  std::string text;
  append_comment(text, "hello");
  EXPECT_EQ(text, ": hello\n");
}

}  // namespace
}  // namespace taskwire::edge
