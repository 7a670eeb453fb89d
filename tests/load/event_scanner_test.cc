#include "bench/event_scanner.h"

#include <gtest/gtest.h>
#include <random>
#include <utility>
#include <vector>

#include "resume/sse_parser.h"

namespace taskwire::bench {
namespace {

using Events = std::vector<std::pair<std::string, std::string>>;  // data and id

/// `stream`, cut into pieces of at most `most` bytes.
Events scanned(std::string_view stream, std::size_t most, std::mt19937& random) {
  EventScanner scanner;
  Events events;
  while (!stream.empty()) {
    auto piece = stream.substr(0, 1 + random() % most);
    stream.remove_prefix(piece.size());
    while (scanner.next(piece)) events.emplace_back(scanner.data(), scanner.id());
  }
  return events;
}

Events parsed(std::string_view stream) {
  Events events;
  SseParser parser([&](SseEvent event) { events.emplace_back(std::move(event.data), std::move(event.last_event_id)); });
  parser.feed(stream);
  return events;
}

TEST(EventScanner, FindsEventsAndTheirIds) {
  std::mt19937 random(1);
  const std::string stream =
      ": hello\nretry: 10\n\nid: 1\ndata: one\n\ndata:two\ndata\ndata:  three\n\nid:2\n\ndata: x\n\n";
  const Events expected = {{"one", "1"}, {"two\n\n three", "1"}, {"x", "2"}};
  EXPECT_EQ(scanned(stream, 1000, random), expected);
  EXPECT_EQ(scanned(stream, 1, random), expected);
}

TEST(EventScanner, LeavesOutWhatIsNotWhole) {
  std::mt19937 random(1);
  EXPECT_EQ(scanned("data: one\n\ndata: two\n", 5, random), (Events{{"one", ""}}));
}

TEST(EventScanner, AgreesWithTheParser) {
  std::mt19937 random(7);
  const std::vector<std::string> words = {"data",     "data: a", "data:b", "id: 1", "id:2", "id",  ":",  "event: e",
                                          " data: x", "datax",   "",       "",      "",     "x:y", "\n", "\r"};
  const std::vector<std::string> ends = {"\n", "\r\n", "\r"};
  for (int round = 0; round < 3000; ++round) {
    std::string stream;
    for (int i = 0; i < 12; ++i) stream += words[random() % words.size()] + ends[random() % ends.size()];
    ASSERT_EQ(scanned(stream, 1 + random() % 9, random), parsed(stream)) << testing::PrintToString(stream);
  }
}

}  // namespace
}  // namespace taskwire::bench
