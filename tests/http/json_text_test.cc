#include "http/json_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>

namespace taskwire::edge {
namespace {

constexpr int kDeep = 64;

TEST(JsonText, IsWhatTheGrammarHas) {
  for (const auto* text : {"{}", " [ ] ", "null", "true", "false", "0", "-0", "-0.5e-10", "12E+3", "1e999", "\"\"",
                           R"("\"\\\/\b\f\n\r\t\u00e4\uD83D\uDE00")", "\"gr\xC3\xBCn \xF0\x9F\x98\x80\"",
                           "\"\x7F\xE2\x80\xA8\"", R"({"a":[1,{"b":null}],"":{}})", "\t[1 ,\r\n2]\n"})
    EXPECT_TRUE(read_json(text, kDeep)) << text;
  for (const auto* text : {"",
                           " ",
                           "{",
                           "}",
                           "[",
                           "[1",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{1:1}",
                           "tru",
                           "nul",
                           "True",
                           "NaN",
                           "Infinity",
                           "+1",
                           "-",
                           "01",
                           "1.",
                           ".5",
                           "1e",
                           "1e+",
                           "0x10",
                           "1 2",
                           "'a'",
                           "\"",
                           "\"a",
                           "\"\\",
                           R"("\x")",
                           R"("\u12")",
                           R"("\u12g4")",
                           R"("\u")",
                           "\"\n\"",
                           "\"\x01\"",
                           "\"\xFF\"",
                           "\"a\xFF\"",
                           "\"a\xC3\"",
                           "\"\xC3\"",
                           "\"\xED\xA0\x80\"",
                           "\"\xC0\xAF\"",
                           "[1]//",
                           "/**/1",
                           "\f1",
                           "\xC2\xA0"
                           "1"})
    EXPECT_EQ(read_json(text, kDeep).error().reason, Reason::invalid_json) << text;
  EXPECT_FALSE(read_json(std::string("1\0", 2), kDeep));
  EXPECT_FALSE(read_json(std::string("\"\0\"", 3), kDeep));
  EXPECT_NE(read_json("[1,x]", kDeep).error().detail.find("byte 4 on"), std::string::npos);
}

TEST(JsonText, MayHaveHalfASurrogatePair) {
  for (const auto* text : {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\n")", R"("\ud800\ud800")",
                           R"("\udc00\ud800")", R"({"\ud800":1})", R"(["\ud83d\u0041"])"}) {
    const auto found = read_json(text, kDeep);
    ASSERT_TRUE(found) << text;
    EXPECT_TRUE(found->has_lone_surrogate) << text;
  }
  EXPECT_FALSE(read_json(R"("\ud83d\ude00 \\ud800")", kDeep)->has_lone_surrogate);
}

TEST(JsonText, HasEachKeyOfAnObjectOnce) {
  for (const auto* text : {R"({"a":1,"b":2,"a":3})", R"([{"x":{"a":1,"a":1}}])", R"({"a":1,"\u0061":2})",
                           R"({"":1,"":2})", R"({"\ud800":1,"\uD800":2})", R"({"\ud83d\ude00":1,"😀":2})"}) {
    const auto read = read_json(text, kDeep);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().reason, Reason::invalid_json);
    EXPECT_NE(read.error().detail.find("comes twice"), std::string::npos) << read.error().detail;
  }
  EXPECT_NE(read_json(R"({"bpm":1,"bpm":2})", kDeep).error().detail.find("\"bpm\""), std::string::npos);
  EXPECT_TRUE(read_json(R"([{"a":1},{"a":1},{"A":1,"a":{"a":1}}])", kDeep));
}

TEST(JsonText, IsNestedOnlySoDeep) {
  EXPECT_TRUE(read_json("[[{}]]", 3));
  EXPECT_TRUE(read_json("1", 0));
  EXPECT_NE(read_json("[[{\"a\":[]}]]", 3).error().detail.find("more than 3 deep"), std::string::npos);
  EXPECT_FALSE(read_json(std::string(1'000'000, '['), kDeep));
}

/// Changes some bytes of `text`.
std::string spoilt(std::string text, std::mt19937& random) {
  constexpr std::string_view kBytes = "{}[],:\"\\u0aeE+-.dDtn1 \xC3\xBC\x01";
  for (auto changes = random() % 3; changes > 0 && !text.empty(); --changes) {
    const auto at = random() % text.size();
    const char byte = kBytes[random() % kBytes.size()];
    if (random() % 2 == 0) {
      text[at] = byte;
    } else {
      text.insert(at, 1, byte);
    }
  }
  return text;
}

TEST(JsonText, IsMadeWhatItSpells) {
  const std::string text =
      R"( {"a" : [1, -2, 1.5, 1e3, 18446744073709551615, true, false, null, "\u00fc\n grün", {}, []], "" : {"\u0062\"" : ""}} )";
  nlohmann::json document;
  const auto read = read_json(text, kDeep, &document);
  ASSERT_TRUE(read);
  EXPECT_EQ(document.dump(), nlohmann::json::parse(text).dump());
  EXPECT_FALSE(read->has_too_large_number);
  for (const auto* number : {"0", "-0", "-1", "1.0", "1e-400", "9223372036854775807", "-9223372036854775808",
                             "-9223372036854775809", "18446744073709551615", "18446744073709551616"}) {
    EXPECT_TRUE(read_json(number, 0, &document)) << number;
    EXPECT_EQ(document.type(), nlohmann::json::parse(number).type()) << number;
    EXPECT_EQ(document, nlohmann::json::parse(number)) << number;
  }
  EXPECT_TRUE(read_json("[1,[1e999],2,3,4,5]", kDeep, &document)->has_too_large_number);
}

TEST(JsonText, SpellsTheSameWhereverACharacterStands) {
  for (const std::string_view special :
       {"", "\\n", "\\\"", "\\\\", "\\u00e4", "\\uD83D\\uDE00", "\xC3\xBC", "\xF0\x9F\x98\x80", "\x7F", "\n", "\x01",
        "\xC3", "\xFF", "\\x", "\\u12", "\\", "\""}) {
    for (const std::size_t before : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 1000, 1007, 1008, 1009, 1015, 1016, 1024}) {
      for (const std::size_t after : {0, 1, 7, 8, 9}) {
        const auto text =
            "[\"" + std::string(before, 'a') + std::string(special) + std::string(after, 'z') + "\",\"b\"]";
        nlohmann::json made;
        const auto expected = nlohmann::json::parse(text, nullptr, false);
        ASSERT_EQ(read_json(text, kDeep, &made).has_value(), !expected.is_discarded()) << text;
        ASSERT_EQ(read_json(text, kDeep).has_value(), !expected.is_discarded()) << text;
        if (expected.is_discarded()) continue;
        ASSERT_EQ(made, expected) << text;
      }
    }
  }
}

TEST(JsonText, IsJudgedAsAnotherReaderJudgesIt) {
  const std::vector<std::string> seeds = {
      R"({"type":"simulate","params":{"durationMs":2e4,"deep":[1,-2.5,true,null,"x"]}})",
      R"(["\u00fc","\ud83d\ude00",0])", R"([[],{},[{"a":{"b":[]}}]])", R"({"text":"grün \" \\ \n","n":-0.1E+7})"};
  std::mt19937 random(1);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto text = spoilt(seeds[random() % seeds.size()], random);
    const bool others = nlohmann::json::accept(text);
    nlohmann::json document;
    const auto ours = read_json(text, kDeep, &document);
    accepted += ours ? 1 : 0;
    if (ours && others) {
      EXPECT_EQ(document.dump(), nlohmann::json::parse(text).dump()) << text;
    }
    if (ours.has_value() == others) continue;
    if (ours) {
      // What the other one cannot hold is grammatical nevertheless.
      EXPECT_TRUE(ours->has_lone_surrogate || text.find_first_of("eE") != std::string::npos) << text;
    } else {
      EXPECT_NE(ours.error().detail.find("comes twice"), std::string::npos) << text << ": " << ours.error().detail;
    }
  }
  EXPECT_GT(accepted, 5000);
}

}  // namespace
}  // namespace taskwire::edge
