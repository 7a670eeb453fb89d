#include "text/terminal_state.h"

#include <gmock/gmock.h>
#include <string>

#include "text/terminal_record.h"

namespace taskwire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TerminalState, IsOfAboutTheSizeOfWhatIsUnfinished) {
  TerminalRecord record;
  TerminalLine terminal;
  for (int i = 0; i < 1000; ++i) terminal.feed("a line\n", record);
  EXPECT_LT(write_terminal(terminal).size(), 50U);
  terminal.feed(std::string(1000, 'x'), record);
  EXPECT_LT(write_terminal(terminal).size(), 1050U);
}

TEST(TerminalState, IsRefusedWhereItIsNotWhole) {
  TerminalRecord record;
  TerminalLine terminal;
  terminal.feed("one\n\x1b[1;3", record);
  const auto bytes = write_terminal(terminal);
  ASSERT_TRUE(read_terminal(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read_terminal(std::string_view(bytes).substr(0, size))) << size;
  EXPECT_FALSE(read_terminal(bytes + "x"));
  EXPECT_FALSE(read_terminal("\x02" + bytes.substr(1))) << "of another version";
}

TEST(TerminalState, IsRefusedWhereItCannotBe) {
  TerminalRecord record;
  TerminalLine terminal;
  terminal.feed("abc", record);
  auto bytes = write_terminal(terminal);
  ASSERT_EQ(bytes.substr(0, 6),
            "\x01\x01\x03"
            "abc");
  bytes[6] = 4;  // the cursor, behind the end of the text
  EXPECT_FALSE(read_terminal(bytes));
  EXPECT_FALSE(read_terminal(std::string("\x01\x00", 2))) << "no row";
  EXPECT_FALSE(read_terminal("\x01\xff\xff\xff\xff\x7f")) << "rows without end";
}

TEST(TerminalState, IsRefusedWhereNoTerminalWroteItsRows) {
  TerminalRecord record;
  TerminalLine terminal;
  terminal.feed("ab\u00e4", record);
  const auto bytes = write_terminal(terminal);
  // Its version, the rows, the text and where the cursor is in it: the byte, the column, and columns beyond the end.
  ASSERT_EQ(bytes.substr(0, 14), std::string("\1\1\4"
                                             "ab\u00e4"
                                             "\4\3\0\0\0\1\0",
                                             14));
  const auto is_taken = [&](std::size_t place, std::string_view with) {
    return read_terminal(std::string(bytes).replace(place, with.size(), with)).has_value();
  };
  EXPECT_TRUE(is_taken(3, "cd\u00fc"));
  EXPECT_TRUE(is_taken(3, "\tb"));
  for (const char* const text : {"\n", "\x1b", "\x7f", "a\u00e4\xc3", "ab\u0085"})
    EXPECT_FALSE(is_taken(3, text)) << text;
  EXPECT_FALSE(is_taken(7, "\3")) << "in the middle of a character";
  EXPECT_FALSE(is_taken(8, "\4")) << "in a column that is another";
  EXPECT_TRUE(is_taken(8, "\5\2"));
  EXPECT_FALSE(read_terminal(std::string(bytes).replace(8, 2, "\2\xff\xff\xff\xff\xff\xff\xff\xff\xff\1")))
      << "less than none beyond the end";
  EXPECT_FALSE(is_taken(7, "\2\4\2")) << "beyond an end that is not there";
  EXPECT_FALSE(is_taken(10, "\1")) << "said to be ASCII";
  EXPECT_FALSE(is_taken(13, "\3")) << "a drawing that begins in the middle of a character";
  EXPECT_FALSE(is_taken(13, "\5")) << "a drawing that begins behind the end";
}

TEST(TerminalState, IsRefusedWhereARowIsDrawnWithoutTheCursor) {
  TerminalRecord record;
  TerminalLine terminal;
  terminal.feed("\nabc\x1b[A", record);
  auto bytes = write_terminal(terminal);
  const auto drawing = bytes.find("abc") + 3 + 5;
  ASSERT_EQ(bytes[drawing], 0);
  bytes.replace(drawing, 1, std::string("\1\0", 2));
  EXPECT_FALSE(read_terminal(bytes));
}

TEST(TerminalState, IsRefusedWhereNoParserStandsSo) {
  TerminalRecord record;
  TerminalLine terminal;
  terminal.feed("\x1b[99999", record);
  const auto bytes = write_terminal(terminal);
  const std::string most = "\x9f\x8d\x06";
  const auto parameter = bytes.find(most);
  ASSERT_NE(parameter, std::string::npos);
  EXPECT_FALSE(read_terminal(std::string(bytes).replace(parameter, 1, "\xa0")));
  const auto state = parameter - 8;
  ASSERT_EQ(bytes[state], 3);
  EXPECT_FALSE(read_terminal(std::string(bytes).replace(state, 1, "\x09")));
  EXPECT_FALSE(read_terminal(std::string(bytes).replace(state, 1, "\xff\xff\xff\xff\x0f"))) << "a negative number";
}

/// What is handed out as a line, and as a part of one.
struct Parts : TerminalLineSink {
  void line(std::string_view text) override { told.push_back(std::string(text) + "$"); }
  void part(std::string_view text) override { told.emplace_back(text); }
  std::vector<std::string> told;
};

TEST(TerminalLine, SaysWhichLinesHaveEnded) {
  Parts parts;
  TerminalLine terminal;
  const std::string full(TerminalLine::kMaxLine, 'x');
  terminal.feed("one\n" + full + "rest\n\n", parts);
  terminal.feed("last", parts);
  terminal.finish(parts);
  EXPECT_THAT(parts.told, ElementsAre("one$", full, "rest$", "$", "last"));
  parts.told.clear();
  terminal.feed("\n\n", parts);
  terminal.finish(parts);
  EXPECT_THAT(parts.told, ElementsAre("$", "$"));
  parts.told.clear();
  terminal.feed("bar\r\x1b[K", parts);
  terminal.finish(parts);
  EXPECT_THAT(parts.told, IsEmpty());
}

}  // namespace
}  // namespace taskwire
