#include "base/text.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

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
