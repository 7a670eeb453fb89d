#include "program/utf8_cleaner.h"

#include <gtest/gtest.h>
#include <random>

#include "text/utf8.h"

namespace taskwire {
namespace {

std::string all_of(const std::vector<std::string>& pieces) {
  Utf8Cleaner cleaner;
  std::string text;
  for (const auto& piece : pieces) text += cleaner.clean(piece);
  return text + cleaner.finish();
}

TEST(Utf8Cleaner, LeavesTextAlone) {
  EXPECT_EQ(all_of({"plain\n", "Grüße €𝄞"}), "plain\nGrüße €𝄞");
}

TEST(Utf8Cleaner, JoinsCharactersThatAreCut) {
  EXPECT_EQ(all_of({"\xF0", "\x9D\x84", "\x9E!"}), "𝄞!");
  EXPECT_EQ(all_of({"\xE2\x82", "\xAC"}), "€");
}

TEST(Utf8Cleaner, ReplacesWhatIsNone) {
  EXPECT_EQ(all_of({"a\xFFz"}), "a\xEF\xBF\xBDz");
  EXPECT_EQ(all_of({"a\xC3", "z"}), "a\xEF\xBF\xBDz");
  EXPECT_EQ(all_of({"\xE2\x82"}), "\xEF\xBF\xBD\xEF\xBF\xBD") << "the end of all bytes";
  EXPECT_EQ(all_of({"\xED\xA0\x80"}), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "a surrogate";
}

TEST(Utf8Cleaner, MakesTextOfAnyBytesWhereverTheyAreCut) {
  std::mt19937 random(7);  // NOLINT: the same every time
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    for (int i = 0; i < 40; ++i)
      bytes += static_cast<char>("\xE2\x82\xAC\xF0\x9F\x98\x80\xC3\xA9\xFF\x80"[random() % 11] + 0);
    const auto whole = all_of({bytes});
    EXPECT_TRUE(is_utf8(whole));
    const auto cut = random() % bytes.size();
    EXPECT_EQ(all_of({bytes.substr(0, cut), bytes.substr(cut)}), whole);
  }
}

}  // namespace
}  // namespace taskwire
