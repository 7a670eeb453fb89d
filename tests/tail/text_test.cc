#include "tail/text.h"

#include <gtest/gtest.h>

#include "tail/styles.h"

namespace taskwire::tail {
namespace {

TEST(Text, KeepsWhatATerminalMayShow) {
  EXPECT_EQ(printable("Grüße, 日本語 🎉"), "Grüße, 日本語 🎉");
}

TEST(Text, LeavesOutWhatATerminalWouldObey) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\uFFFD[2Jb");
  EXPECT_EQ(printable("a\tb\nc\rd"), "a b c d");
  EXPECT_EQ(printable(std::string("\0\x07\x7F", 3)), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(printable("\u009b31m"), "\uFFFD31m") << "a control sequence of one character";
  EXPECT_EQ(printable("\u202Eabc"), "\uFFFDabc") << "right to left";
  for (int byte = 0; byte < 0x100; ++byte) {
    const auto text = printable(std::string(1, static_cast<char>(byte)));
    for (const char c : text) EXPECT_TRUE(c < 0 || (c >= ' ' && c != '\x7F')) << byte;
  }
}

TEST(Text, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("\xFF"), "\uFFFD");
  EXPECT_EQ(printable("\xC2"), "\uFFFD") << "cut off";
  EXPECT_EQ(printable("\xE2\x82x"), "\uFFFD\uFFFDx");
  EXPECT_EQ(printable("\xC0\x9B"), "\uFFFD\uFFFD") << "ESC in two bytes";
  EXPECT_EQ(printable("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD") << "above U+10FFFF";
}

TEST(Text, CountsColumns) {
  EXPECT_EQ(columns_of(""), 0);
  EXPECT_EQ(columns_of("Grüße"), 5);
  EXPECT_EQ(columns_of("日本語"), 6);
  EXPECT_EQ(columns_of("e\u0301"), 1) << "an accent of its own";
  EXPECT_EQ(columns_of("\uFFFD"), 1);
}

TEST(Text, IsCutToItsPlace) {
  EXPECT_EQ(fit("abcdef", 6, kUnicode), "abcdef");
  EXPECT_EQ(fit("abcdef", 5, kUnicode), "abcd\u2026");
  EXPECT_EQ(fit("abcdef", 5, {}), "ab...");
  EXPECT_EQ(fit("日本語", 5, kUnicode), "日本\u2026");
  EXPECT_EQ(fit("日本語", 4, kUnicode), "日\u2026") << "no half character";
  EXPECT_EQ(fit("abc", 0, kUnicode), "");
  EXPECT_EQ(fit("abc", -3, kUnicode), "");
  EXPECT_EQ(fit("abcdef", 2, {}), "");
}

TEST(Text, HasColourWhereThatIsWanted) {
  EXPECT_EQ(coloured("x", "31", {.has_colour = true}), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(coloured("x", "31", {}), "x");
  EXPECT_EQ(coloured("x", "", {.has_colour = true}), "x");
}

}  // namespace
}  // namespace taskwire::tail
