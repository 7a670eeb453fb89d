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
