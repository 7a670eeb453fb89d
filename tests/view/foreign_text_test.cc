#include "view/foreign_text.h"

#include <gtest/gtest.h>

#include "view/json.h"

namespace taskwire::view {
namespace {

TEST(ForeignText, ShowsWhatWouldChangeItsNeighbours) {
  EXPECT_EQ(marked("invoice\u202Efdp.exe"), "invoice\uFFFDfdp.exe");
  for (const auto* control : {"\x01", "\x7F", "\u009B", "\u061C", "\u200B", "\u200E", "\u200F", "\u202A", "\u202D",
                              "\u2060", "\u2066", "\u2069", "\uFEFF", "\uFFF9"}) {
    EXPECT_EQ(marked(std::string("a") + control + "b"), "a\uFFFDb");
  }
}

TEST(ForeignText, LeavesWhatShowsItself) {
  for (const auto* text : {"", "Plain text, 100 %", "line\nend\tand tab\r", "\u05E9\u05DC\u05D5\u05DD", "\u4F60\u597D",
                           "\U0001F469\u200D\U0001F680", "nine\u200Cjoiners", "e\u0301", "a\u2028b", "\xFF\xE2\x80"}) {
    EXPECT_EQ(marked(text), text);
  }
}

TEST(ForeignText, IsIsolatedWhereItMayTurnTheRest) {
  EXPECT_EQ(isolated("Report (1)"), "Report (1)");
  EXPECT_EQ(isolated("\u05E9\u05DC\u05D5\u05DD"), "\u2068\u05E9\u05DC\u05D5\u05DD\u2069");
}

TEST(ForeignText, IsEscapedInJsonWhichStaysTheSame) {
  const std::string text = "a\u202Eb\u05E9\x7F";
  EXPECT_EQ(view::quoted(text), "\"a\\u202eb\u05E9\\u007f\"");
  EXPECT_EQ(Json::parse(view::quoted(text))->text(), text);
}

}  // namespace
}  // namespace taskwire::view
