#include "text/json_writer.h"

#include <gtest/gtest.h>
#include <limits>

namespace taskwire {
namespace {

std::string number(double value) {
  std::string text;
  JsonWriter(text).value(value);
  return text;
}

TEST(JsonWriter, PutsCommasBetween) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("a", std::int64_t{1})
      .key("b")
      .begin_array()
      .value(true)
      .null()
      .begin_object()
      .end_object()
      .end_array();
  json.member("c", "x").end_object();
  EXPECT_EQ(text, R"({"a":1,"b":[true,null,{}],"c":"x"})");
}

TEST(JsonWriter, EscapesWhatJsonWantsEscaped) {
  std::string text;
  JsonWriter(text).value(std::string_view("\"\\\n\r\t\x01\x1f\x7f grün \0", 16));
  EXPECT_EQ(text, "\"\\\"\\\\\\n\\r\\t\\u0001\\u001f\x7f grün \\u0000\"");
}

TEST(JsonWriter, EscapesWhatEndsALineSomewhere) {
  std::string text;
  JsonWriter(text).value(std::string_view("a\u0085b\u2028c\u2029d \u00a0\u2027\u202a\u0084\xE2"));
  EXPECT_EQ(text, "\"a\\u0085b\\u2028c\\u2029d \u00a0\u2027\u202a\u0084\xE2\"");
  text.clear();
  JsonWriter(text).begin_object().member("\u2028", "\u2028\u2029").end_object();
  EXPECT_EQ(text, R"({"\u2028":"\u2028\u2029"})");
}

TEST(JsonWriter, WritesTheSameWhereverAByteStands) {
  for (const std::string_view special : {"\"", "\\", "\n", "\x01", "\u2028", "\u0085", "\u00e9", "\u20ac", "\x7f"}) {
    std::string alone;
    JsonWriter(alone).value(special);
    alone = alone.substr(1, alone.size() - 2);
    for (const std::size_t before :
         {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 1000, 1008, 1009, 1010, 1016, 1023, 1024}) {
      for (const std::size_t after : {0, 1, 7, 8, 9}) {
        const std::string begin(before, 'a');
        const std::string end(after, 'z');
        std::string text;
        JsonWriter(text).value(begin + std::string(special) + end);
        ASSERT_EQ(text, "\"" + begin + alone + end + "\"") << before;
        ASSERT_GE(json_size(begin + std::string(special) + end) + 2, text.size());
        ASSERT_LE(json_size(begin + std::string(special) + end), text.size() + 3);
      }
    }
  }
}

TEST(JsonWriter, WritesWholeNumbersWithoutFraction) {
  EXPECT_EQ(number(600), "600");
  EXPECT_EQ(number(-0.5), "-0.5");
  EXPECT_EQ(number(9007199254740992.0), "9007199254740992");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "null");
}

}  // namespace
}  // namespace taskwire
