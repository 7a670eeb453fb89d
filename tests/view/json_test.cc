#include "view/json.h"

#include <gtest/gtest.h>
#include <random>

namespace taskwire::view {
namespace {

Json parsed(std::string_view text) {
  return Json::parse(text).value();
}

TEST(Json, ReadsEveryKind) {
  EXPECT_TRUE(parsed("null").is(Json::Kind::null));
  EXPECT_TRUE(parsed("true").is(Json::Kind::boolean));
  EXPECT_TRUE(parsed("false").is(Json::Kind::boolean));
  EXPECT_EQ(parsed("true").text(), "true");
  EXPECT_EQ(parsed("false").text(), "false");
  EXPECT_EQ(parsed("-12.5e+3").text(), "-12.5e+3");
  EXPECT_EQ(parsed(R"("text")").text(), "text");
  EXPECT_EQ(parsed("[1, 2,3]").items().size(), 3U);
  EXPECT_EQ(parsed(R"( { "a" : { "b" : [ ] } } )")["a"]["b"].kind(), Json::Kind::array);
}

TEST(Json, GivesNullForWhatIsNotThere) {
  const Json value = parsed(R"({"a":1})");
  EXPECT_TRUE(value["b"].is(Json::Kind::null));
  EXPECT_TRUE(value["a"]["b"]["c"].is(Json::Kind::null));
  EXPECT_EQ(value["b"].text(), "");
  EXPECT_EQ(value["b"].whole(), std::nullopt);
}

TEST(Json, UndoesEscapes) {
  EXPECT_EQ(parsed(R"("\"\\\/\b\f\n\r\t\u0041")").text(), "\"\\/\b\f\n\r\tA");
  EXPECT_EQ(parsed(R"("\u00fc \u20AC \ud83d\ude00")").text(), "ü € 😀");
}

TEST(Json, RefusesWhatIsNoJson) {
  for (const auto* text : {"",
                           " ",
                           "nul",
                           "truex",
                           "True",
                           "01",
                           "-",
                           "1.",
                           ".5",
                           "1e",
                           "+1",
                           "NaN",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "[1",
                           "]",
                           "{",
                           "{\"a\"}",
                           "{a:1}",
                           "{,}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "\"a",
                           "\"\\x\"",
                           "\"\\u12g4\"",
                           "\"\\u12",
                           "\"\\ud800\"",
                           "\"\\ud800\\u0041\"",
                           "\"\\udc00\"",
                           "\"a\nb\"",
                           "1 2",
                           "{} x",
                           "'a'",
                           "\"\\"}) {
    EXPECT_EQ(Json::parse(text), std::nullopt) << text;
  }
}

TEST(Json, RefusesWhatIsNestedTooDeeply) {
  const std::string fits(Json::kMaxDepth, '[');
  EXPECT_TRUE(Json::parse(fits + std::string(Json::kMaxDepth, ']')));
  EXPECT_FALSE(Json::parse(std::string(100'000, '[')));
}

TEST(Json, ReadsWholeNumbersExactly) {
  EXPECT_EQ(parsed("9223372036854775807").whole(), INT64_MAX);
  EXPECT_EQ(parsed("-9223372036854775808").whole(), INT64_MIN);
  EXPECT_EQ(parsed("9223372036854775808").whole(), std::nullopt);
  EXPECT_EQ(parsed("1.0").whole(), std::nullopt);
  EXPECT_EQ(parsed("1e3").whole(), std::nullopt);
  EXPECT_EQ(parsed(R"("1")").whole(), std::nullopt);
}

TEST(Json, ReadsNumbers) {
  EXPECT_DOUBLE_EQ(parsed("0").number().value(), 0);
  EXPECT_DOUBLE_EQ(parsed("-12.25").number().value(), -12.25);
  EXPECT_DOUBLE_EQ(parsed("3.5e2").number().value(), 350);
  EXPECT_DOUBLE_EQ(parsed("25E-2").number().value(), 0.25);
  EXPECT_DOUBLE_EQ(parsed("1e+2").number().value(), 100);
  EXPECT_GT(parsed("1e999999999999").number().value(), 1e300);
  EXPECT_EQ(parsed("true").number(), std::nullopt);
}

TEST(Json, WritesWhatItRead) {
  const auto* const text = R"({"b":1.10,"a":[true,null,"x\n\u0001\"\\"],"e":{},"n":[]})";
  EXPECT_EQ(parsed(text).compact(), text);
}

TEST(Json, WritesForPeople) {
  EXPECT_EQ(parsed(R"({"a":[1,{}],"b":{"c":"d"}})").indented(),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {\n    \"c\": \"d\"\n  }\n}");
}

TEST(Json, QuotesText) {
  EXPECT_EQ(quoted("a\"b\\c\n\r\t\x1f ü"), R"("a\"b\\c\n\r\t\u001f ü")");
}

TEST(Json, RefusesEveryBeginningOfAValue) {
  const std::string text = R"({"a":[1.5e3,"\u00fc\ud83d\ude00",true,null],"b":{"c":"\n"}})";
  for (std::size_t i = 0; i < text.size(); ++i) EXPECT_FALSE(Json::parse(text.substr(0, i))) << i;
  EXPECT_TRUE(Json::parse(text));
}

TEST(Json, ReadsAgainWhateverItWrote) {
  std::mt19937 random(7);
  const std::string alphabet = "{}[]\",:\\u0019eE+-. truefalsn\n";
  int taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    for (auto length = random() % 12; length > 0; --length) text += alphabet[random() % alphabet.size()];
    const auto value = Json::parse(text);
    if (!value) continue;
    ++taken;
    const auto again = Json::parse(value->compact());
    ASSERT_TRUE(again) << text;
    ASSERT_EQ(again->compact(), value->compact()) << text;
  }
  EXPECT_GT(taken, 100);
}

}  // namespace
}  // namespace taskwire::view
