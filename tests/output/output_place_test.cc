#include "output/output_place.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

TEST(OutputPlace, IsReadAsItIsWritten) {
  const auto text = to_string("abcd1234", {3, 4096});
  EXPECT_EQ(text, "abcd1234-3.4096");
  const auto cursor = parse_output_cursor(text);
  ASSERT_TRUE(cursor);
  EXPECT_EQ(cursor->epoch, "abcd1234");
  EXPECT_EQ(cursor->place, (OutputPlace{3, 4096}));
  EXPECT_LT((OutputPlace{1, 9000}), (OutputPlace{2, 0}));
}

TEST(OutputPlace, IsRefusedWhereItIsNone) {
  for (const auto* const text :
       {"", "abc", "abc-1", "abc-1.", "abc-.1", "abc-1.2.3", "abc-01.2", "abc-1.02", "abc-1.-2", "abc-99999999999.1",
        "abc-1.99999999999999999999", "ABC-1.2", "abc-1.2 ", "-1.2"})
    EXPECT_FALSE(parse_output_cursor(text)) << text;
}

}  // namespace
}  // namespace taskwire::engine
