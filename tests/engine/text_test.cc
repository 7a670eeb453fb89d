#include "engine/text.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

TEST(Text, KnowsUtf8) {
  for (const auto* const good : {"", "plain", "é", "€", "😀", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const auto* const bad :
       {"\x80", "\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "a\xe2\x82", "\xe2\x28\xa1"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
}

TEST(Text, FindsControlCharacters) {
  EXPECT_FALSE(has_control("Data Processing ü €"));
  for (const auto* const text : {"a\nb", "\t", "\x7f", "\xc2\x85", "\xc2\x9f"}) EXPECT_TRUE(has_control(text)) << text;
  EXPECT_FALSE(has_control("\xc2\xa0"));
  EXPECT_TRUE(has_control(std::string_view("\0", 1)));
}

TEST(Text, CutsOnlyBetweenCharacters) {
  EXPECT_EQ(clean_text("ab€", 5), "ab€");
  EXPECT_EQ(clean_text("ab€", 4), "ab");
  EXPECT_EQ(clean_text("ab€", 2), "ab");
  EXPECT_EQ(clean_text("ab", 0), "");
}

TEST(Text, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(clean_text("a\xff\xc3z", 10), "a??z");
}

}  // namespace
}  // namespace taskwire::engine
