#include "resume/cursor.h"

#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace taskwire {
namespace {

TEST(Cursor, ReadsWhatItWrites) {
  for (const Cursor& cursor : {Cursor{"a", 0}, Cursor{"k3v7qm2x", 42}, Cursor{"0123456789abcdef", INT64_MAX}}) {
    EXPECT_EQ(parse_cursor(to_string(cursor)), cursor);
    EXPECT_EQ(std::string_view(CursorText(cursor)), to_string(cursor));
  }
}

TEST(Cursor, RefusesEverythingElse) {
  for (const auto* text : {"",
                           "-",
                           "a-",
                           "-1",
                           "a",
                           "a1",
                           "a-01",
                           "a-00",
                           "a-+1",
                           "a--1",
                           "a- 1",
                           "a-1 ",
                           " a-1",
                           "a-1x",
                           "A-1",
                           "ä-1",
                           "a_b-1",
                           "0123456789abcdefg-1",
                           "a-9223372036854775808",
                           "a-99999999999999999999",
                           "a-0x1",
                           "a-1-1",
                           "a-1\n",
                           "a-1.0"}) {
    EXPECT_FALSE(parse_cursor(text)) << text;
  }
  EXPECT_FALSE(parse_cursor(std::string_view("a-1\0", 4)));
}

}  // namespace
}  // namespace taskwire
