#include "text/eight_bytes.h"

#include <gtest/gtest.h>
#include <string>

namespace taskwire {
namespace {

constexpr std::uint64_t kMark = 0x80;

/// Marks at the bytes of `text` that are wanted.
template <class Wanted>
std::uint64_t marks(const std::string& text, Wanted wanted) {
  std::uint64_t marks = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (wanted(static_cast<unsigned char>(text[i]))) marks |= kMark << (8 * i);
  }
  return marks;
}

TEST(EightBytes, AreMarkedEachForItself) {
  for (std::size_t size = 0; size <= EightBytes::kSize; ++size) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      for (const unsigned other : {0U, 9U, 10U, 11U, 31U, 32U, 33U, 126U, 127U, 128U, 194U, 226U, 255U}) {
        std::string text(size, static_cast<char>(other));
        if (size > 0) text[byte % size] = static_cast<char>(byte);
        const EightBytes eight(text);
        ASSERT_EQ(eight.below(0x20), marks(text, [](unsigned char c) { return c < 0x20; })) << byte << ' ' << other;
        ASSERT_EQ(eight.from(0x7F), marks(text, [](unsigned char c) { return c >= 0x7F; })) << byte << ' ' << other;
        ASSERT_EQ(eight.from(0x80), marks(text, [](unsigned char c) { return c >= 0x80; })) << byte << ' ' << other;
        ASSERT_EQ(eight.equal('\n'), marks(text, [](unsigned char c) { return c == '\n'; })) << byte << ' ' << other;
        ASSERT_EQ(eight.equal(0xC2, 0xE2), marks(text, [](unsigned char c) { return c == 0xC2 || c == 0xE2; }))
            << byte << ' ' << other;
      }
    }
  }
}

TEST(EightBytes, CountThoseBeforeTheFirstMark) {
  EXPECT_EQ(EightBytes::before(EightBytes("abc\nd\n").equal('\n')), 3U);
  EXPECT_EQ(EightBytes::before(EightBytes("\n").equal('\n')), 0U);
  EXPECT_EQ(EightBytes::before(EightBytes("abcdefgh\n").equal('\n')), EightBytes::kSize);
}

}  // namespace
}  // namespace taskwire
