#include "program/hearing.h"

#include <gtest/gtest.h>

namespace taskwire {
namespace {

using progress::Stream;

/// The last line of what was printed to `stream`.
std::string last_line(std::string_view printed, Stream stream) {
  Hearing hearing({}, "", [] {});
  hearing.hear(printed, stream);
  hearing.finish();
  return stream == Stream::out ? hearing.last_output_line() : hearing.last_error_line();
}

TEST(Hearing, KeepsTheLastLineThatIsNotBlank) {
  for (const auto stream : {Stream::out, Stream::err}) {
    EXPECT_EQ(last_line("one\ntwo\n", stream), "two");
    EXPECT_EQ(last_line("one\ntwo", stream), "two");
    EXPECT_EQ(last_line("one\ntwo\n\n \t\n", stream), "two");
    for (const auto* const tail : {" ", "\t", "\r", "  \r "})
      EXPECT_EQ(last_line("one\ntwo\n" + std::string(tail), stream), "two") << tail;
    EXPECT_EQ(last_line("", stream), "");
  }
}

TEST(Hearing, KeepsWhatALineShowsInTheEnd) {
  for (const auto* const text : {"10%\r20%\rdone", "10%\r20%\rdone \r\n", "10%\rdone\r"})
    EXPECT_EQ(last_line(text, Stream::out), "done") << text;
}

TEST(Hearing, TakesASignOfLifeOnce) {
  Hearing hearing({}, "", [] {});
  EXPECT_FALSE(hearing.take_sign_of_life());
  hearing.notify(progress::parse_notify("STATUS=Indexing"));
  EXPECT_FALSE(hearing.take_sign_of_life());
  hearing.notify(progress::parse_notify("WATCHDOG=1"));
  EXPECT_TRUE(hearing.take_sign_of_life());
  EXPECT_FALSE(hearing.take_sign_of_life());
}

TEST(Hearing, KeepsTheNewestHoweverMuchItIs) {
  Hearing hearing({}, "", [] {});
  hearing.hear(std::string(Hearing::kFirst, '.'), Stream::out);
  hearing.hear("\n" + std::string(Hearing::kMostWaiting, '.') + "\nthe last\n", Stream::out);
  hearing.finish();
  EXPECT_EQ(hearing.last_output_line(), "the last");
}

TEST(Hearing, CountsWhatItLeavesOutOfAFlood) {
  constexpr int kPieces = 1000;
  std::string first;
  while (first.size() < Hearing::kFirst) first += "line " + std::to_string(first.size()) + "\n";
  std::string piece;
  while (piece.size() < std::size_t{64} << 10) piece += "a line of text\n";
  Hearing hearing({}, "", [] {});
  for (std::size_t i = 0; i < first.size(); i += 4096)
    hearing.hear(std::string_view(first).substr(i, 4096), Stream::out);
  for (int i = 0; i < kPieces; ++i) hearing.hear(piece, Stream::out);
  hearing.hear("the last\n", Stream::out);
  hearing.finish();
  const std::string text = hearing.with_output([](OutputQueue& output) {
    std::string all;
    while (!output.is_empty()) {
      for (const auto& part : output.next(std::size_t{512} << 10)) all += part.text;
      output.taken(all.size());
    }
    return all;
  });
  std::size_t told = 0;
  std::size_t kept = text.size();
  const std::string_view begin = "\n[taskwire: ", end = " bytes of output left out]\n";
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
    const auto to = text.find(end, at);
    told += std::stoul(text.substr(at + begin.size()));
    kept -= to + end.size() - at;
  }
  EXPECT_GT(told, 0U);
  EXPECT_EQ(kept + told, first.size() + kPieces * piece.size() + 9);
  EXPECT_TRUE(text.starts_with(std::string_view(first).substr(0, Hearing::kFirst)));
  EXPECT_TRUE(text.ends_with("\nthe last\n"));
}

}  // namespace
}  // namespace taskwire
