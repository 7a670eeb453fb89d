#include "text/utf8.h"

#include <gtest/gtest.h>
#include <string>

namespace taskwire {
namespace {

TEST(Utf8, IsKnown) {
  for (const auto* const good : {"", "plain", "é", "€", "😀", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const auto* const bad :
       {"\x80", "\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "a\xe2\x82", "\xe2\x28\xa1"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      EXPECT_TRUE(is_utf8(std::string(before, 'a') + "€" + std::string(after, 'b')));
      EXPECT_FALSE(is_utf8(std::string(before, 'a') + "\xe2\x82" + std::string(after, 'b')));
    }
  }
}

}  // namespace
}  // namespace taskwire
