#include "text/terminal_line.h"

#include <array>
#include <gmock/gmock.h>

#include "text/terminal_record.h"
#include "text/utf8.h"

namespace taskwire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TerminalLine, HandsOutPlainLinesAsTheyEnd) {
  TerminalRecord record;
  TerminalLine line;
  line.feed("one\ntwo\r\nthr", record);
  EXPECT_THAT(record.lines, ElementsAre("one", "two"));
  EXPECT_EQ(line.unfinished(), "thr");
  line.feed("ee\n\nfour", record);
  EXPECT_THAT(record.lines, ElementsAre("one", "two", "three")) << "an empty line may be the place of a bar to come";
  EXPECT_EQ(line.unfinished(), "\nfour");
  line.finish(record);
  EXPECT_THAT(record.lines, ElementsAre("one", "two", "three", "", "four"));
  EXPECT_EQ(line.unfinished(), "");
}

TEST(TerminalLine, KeepsTheLastForm) {
  EXPECT_THAT(lines_of("  1%\r 50%\r100%\n"), ElementsAre("100%"));
  EXPECT_THAT(lines_of("longer\rshort"), ElementsAre("shortr")) << "as a terminal shows it";
  EXPECT_THAT(lines_of("longer\r\x1b[Kshort"), ElementsAre("short"));
  EXPECT_THAT(lines_of("longer\rab\x1b[K"), ElementsAre("ab"));
  EXPECT_THAT(lines_of("spinner |\b/\b-\b \n"), ElementsAre("spinner"));
  EXPECT_THAT(lines_of("\b\b\bx\n"), ElementsAre("x"));
  EXPECT_THAT(lines_of("plain  \n"), ElementsAre("plain  ")) << "nothing was written over";
}

TEST(TerminalLine, MovesWithinTheLine) {
  EXPECT_THAT(lines_of("abcdef\x1b[3DX\x1b[2GY\x1b[2CZ\n"), ElementsAre("aYcXZf"));
  EXPECT_THAT(lines_of("a\x1b[10GB\n"), ElementsAre("a        B"));
  EXPECT_THAT(lines_of("a\x1b[99999999999999999999GB\n"), ElementsAre("a" + std::string(511, ' ') + "B"));
  EXPECT_THAT(lines_of("abc\x1b[1G\x1b[1K\n"), ElementsAre(" bc"));
  EXPECT_THAT(lines_of("abc\x1b[2Kd\n"), ElementsAre("   d"));
  EXPECT_THAT(lines_of("äöü\x1b[2DX\n"), ElementsAre("äXü")) << "columns are characters";
  EXPECT_THAT(lines_of("€€€\rab\n"), ElementsAre("ab€"));
}

TEST(TerminalLine, DropsWhatIsNotText) {
  EXPECT_THAT(lines_of("\x1b[1;31mred\x1b[0m \x1b[38;2;1;2;3mtoo\x1b(B\n"), ElementsAre("red too"));
  EXPECT_THAT(lines_of("\x1b]0;title\x07"
                       "a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b\n"),
              ElementsAre("alinkb"));
  EXPECT_THAT(lines_of("a\x1bPdevice\x1b\\b\x1b_app\x1b\\c\x1b^pm\x1b\\d\n"), ElementsAre("abcd"));
  EXPECT_THAT(lines_of(std::string_view("a\0\x07\x7f\x0e\x0f"
                                        "b\tc\n",
                                        9)),
              ElementsAre("ab\tc"));
  EXPECT_THAT(lines_of("a\xc2\x9b"
                       "b\xc2\x85"
                       "c\n"),
              ElementsAre("abc"))
      << "C1";
  EXPECT_THAT(lines_of("a\x1b[?2026h\x1b[>4;1mb\x1b[0 qc\n"), ElementsAre("abc"));
}

TEST(TerminalLine, HidesOneLineAtMostForAStrayByte) {
  EXPECT_THAT(lines_of("a\x1b]never ended\nb\x1bPnor this\nc\x1b[\nd\x1b\ne\n"), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(lines_of("a\x1b]x\x18"
                       "b\x1b[12\x1a"
                       "c\n"),
              ElementsAre("abc"))
      << "CAN and SUB";
  EXPECT_THAT(lines_of("a\x1b[\xff"
                       "b\x1b\xc3\xa9\n"),
              ElementsAre("a\uFFFDbé"));
}

TEST(TerminalLine, ReplacesWhatIsNoUtf8) {
  EXPECT_THAT(lines_of("a\xff\xe2\x82x\xe2\x82\n"), ElementsAre("a\uFFFD\uFFFDx\uFFFD"));
  EXPECT_THAT(lines_of("\xf0\x9f\x98\x80\xed\xa0\x80\n"), ElementsAre("😀\uFFFD\uFFFD\uFFFD"));
  EXPECT_THAT(lines_of("\xe2\x82"), ElementsAre("\uFFFD"));
  EXPECT_THAT(lines_of("\xe2\x82\x1b[1m\xac\n"), ElementsAre("\uFFFD\uFFFD"));
}

TEST(TerminalLine, CutsALineThatIsTooLong) {
  const std::string full(TerminalLine::kMaxLine, 'x');
  EXPECT_THAT(folded(full + "yz\n").lines, ElementsAre(full, "yz"));
  EXPECT_THAT(folded(full + "\nz").lines, ElementsAre(full, "z"));
  EXPECT_EQ(folded(full + "yz\n", 7), folded(full + "yz\n"));
  std::string wide;
  while (wide.size() + 3 <= TerminalLine::kMaxLine) wide += "€";
  EXPECT_THAT(folded(wide + "€€").lines, ElementsAre(wide, "€€")) << "no character is cut";
  EXPECT_EQ(folded(std::string(5 * TerminalLine::kMaxLine + 1, 'x')).lines.size(), 6U);
}

TEST(TerminalLine, TellsWhatWasDrawn) {
  expect_cuts_make_no_difference("a\rb\nc");
  EXPECT_THAT(folded("first\nsecond\r\n").drawings, ElementsAre("first", "second"));
  EXPECT_THAT(folded("\r10%\r100%\r5%\n").drawings, ElementsAre("10%", "again: 100%", "again: 5%"))
      << "what was written, not what stands on the line";
  EXPECT_THAT(folded("tables:  1/16\b\b\b\b\b 2/16\b\b\b\b\bdone \n").drawings,
              ElementsAre("tables:  1/16", "again:  2/16", "again: done "));
  EXPECT_THAT(folded("\r          \r1%\r     \r").drawings, ElementsAre("1%")) << "blanks are not told";
}

TEST(TerminalLine, TellsAnUnfinishedDrawingAfterAPause) {
  TerminalRecord record;
  TerminalLine line;
  line.feed("\r3/1", record);
  EXPECT_THAT(record.drawings, IsEmpty());
  line.settle(record);
  line.settle(record);
  EXPECT_THAT(record.drawings, ElementsAre("3/1"));
  line.feed("0", record);
  line.feed("\r", record);
  line.feed("\r4/10\r", record);
  EXPECT_THAT(record.drawings, ElementsAre("3/1", "3/10", "again: 4/10"));
  EXPECT_THAT(record.lines, IsEmpty());
}

TEST(TerminalLine, TellsCommands) {
  const std::string_view bytes = "\x1b]9;4;1;50\x07\x1b]9;4;0;\x1b\\x\x1b]2;t\x1b[1my\n";
  expect_cuts_make_no_difference(bytes);
  EXPECT_THAT(folded(bytes).commands, ElementsAre("9;4;1;50", "9;4;0;"));
  EXPECT_THAT(folded("\x1b]" + std::string(257, 'x') + "\x07").commands, IsEmpty());
}

/// What a TerminalLine told of the lines with an `!`, which alone are wanted, or all are.
struct Marked : TerminalLineSink {
  explicit Marked(bool all) : wants_all(all) {}
  void line(std::string_view text) override { note(text, "line"); }
  void drawing(const Drawing& drawing) override {
    note(drawing.text, std::to_string(drawing.row) + (drawing.is_again ? " again" : ""));
  }
  bool wants(std::string_view bytes) override { return wants_all || bytes.find('!') != std::string_view::npos; }
  void note(std::string_view text, const std::string& what) {
    ++told;
    if (text.find('!') != std::string_view::npos) marked.push_back(what + ": " + std::string(text));
  }

  bool wants_all;
  int told = 0;
  std::vector<std::string> marked;
};

TEST(TerminalLine, PassesOverPlainLinesThatNobodyWants) {
  Marked sink(false);
  TerminalLine line;
  std::string flood;
  for (int i = 0; i < 10'000; ++i) flood += std::to_string(i) + "\n";
  line.feed(flood + "here!\n", sink);
  EXPECT_THAT(sink.marked, ElementsAre("10000: here!", "line: here!"));
  EXPECT_LT(sink.told, 2000) << "no more than the block that held it";
}

TEST(TerminalLine, TellsTheSameOfOthersThanThosePassedOver) {
  std::uint32_t seed = 1;
  const auto random = [&seed] { return (seed = seed * 1'664'525 + 1'013'904'223) >> 16U; };
  for (int round = 0; round < 200; ++round) {
    std::string bytes;
    for (int i = 0; i < 400; ++i) {
      constexpr std::array<std::string_view, 12> kParts = {"\n",      "\n\n",      "a line\n",  "another\r\n",
                                                           "   \n",   "\r50!",     "\x1b[1A",   "part",
                                                           "this!\n", "\x1b[?25l", "\x1b[?25h", "\x1b[s"};
      bytes += kParts[random() % (round % 2 == 0 ? 5 : kParts.size())];
      if (random() % 100 == 0) bytes += "now!\n";
    }
    for (const std::size_t piece : {bytes.size(), std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
      Marked some(false), all(true);
      TerminalLine one, other;
      for (std::size_t i = 0; i < bytes.size(); i += piece) {
        one.feed(std::string_view(bytes).substr(i, piece), some);
        other.feed(std::string_view(bytes).substr(i, piece), all);
      }
      one.finish(some);
      other.finish(all);
      ASSERT_EQ(some.marked, all.marked) << testing::PrintToString(bytes);
    }
  }
}

/// Lines as they come, many at a time or one by one.
struct Lines : TerminalLineSink {
  explicit Lines(bool is_many) : many(is_many) {}
  void line(std::string_view line) override { text.append(line) += '\n'; }
  void part(std::string_view part) override { text.append(part); }
  [[nodiscard]] bool takes_many() const override { return many; }
  void lines(std::string_view lines) override {
    EXPECT_TRUE(lines.ends_with('\n'));
    text += lines;
    together += lines.size();
  }

  bool many;
  std::string text;
  std::size_t together = 0;
};

TEST(TerminalLine, HandsOutTheSameLinesTogetherAsOneByOne) {
  std::uint32_t seed = 1;
  const auto random = [&seed] { return (seed = seed * 1'664'525 + 1'013'904'223) >> 16U; };
  std::size_t together = 0;
  for (int round = 0; round < 200; ++round) {
    constexpr std::array<std::string_view, 22> kParts = {
        "\n",       "\n\n",      "a line\n",  "eight by\n",  "with\ttab\n", "  indented\n", "ends so  \n", "x\n",
        "   \n",    " \n",       "part",      "another\r\n", "50%\r100%\n", "\xc3\xa4\n",   "\xe2\x82",    "\x1b[1A",
        "\x1b[31m", "\x1b[?25l", "\x1b[?25h", "\x1b[s",      "\x1b[2J",     "\x7f\n"};
    std::string bytes;
    const auto kinds = round % 4 == 0 ? kParts.size() : round % 4 == 1 ? 13U : 8U;
    for (int i = 0; i < 600; ++i) bytes += kParts[random() % kinds];
    Lines one(false), many(true);
    TerminalLine slow, fast;
    for (std::size_t i = 0; i < bytes.size(); ++i) slow.feed(std::string_view(bytes).substr(i, 1), one);
    for (std::size_t i = 0, piece = 0; i < bytes.size(); i += piece) {
      piece = 1 + random() % (round % 3 == 0 ? 40 : 5000);
      fast.feed(std::string_view(bytes).substr(i, piece), many);
      auto next = read_terminal(write_terminal(fast));
      ASSERT_TRUE(next);
      fast = std::move(*next);
    }
    ASSERT_EQ(write_terminal(fast), write_terminal(slow)) << testing::PrintToString(bytes);
    slow.finish(one);
    fast.finish(many);
    ASSERT_EQ(many.text, one.text) << testing::PrintToString(bytes);
    together += many.together;
  }
  EXPECT_GT(together, 100'000U);
}

TEST(TerminalLine, HandsOutNoControlsAndOnlyUtf8) {
  std::uint32_t seed = 1;
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    for (int i = 0; i < 200; ++i) {
      constexpr std::string_view kParts =
          "\x1b\x1b[[]];;0123456789ABCDEFGHJKmhlsu78\r\r\n\b\t\x07\\ %/ab\xc3\xa9\xff\xe2\x96\x88";
      seed = seed * 1'664'525 + 1'013'904'223;
      bytes += kParts[(seed >> 16U) % kParts.size()];
    }
    const auto whole = folded(bytes);
    ASSERT_EQ(folded(bytes, 1), whole) << testing::PrintToString(bytes);
    ASSERT_EQ(folded(bytes, 3), whole) << testing::PrintToString(bytes);
    for (const auto& line : whole.lines) {
      ASSERT_TRUE(is_utf8(line));
      for (const char c : line) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\t');
    }
  }
}

}  // namespace
}  // namespace taskwire
