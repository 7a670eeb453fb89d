#include "view/field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using testing::ElementsAre;
using Kind = Field::Kind;

MATCHER_P(Key, key, "") {
  return arg.key == key;
}

std::vector<Field> fields_of(std::string_view schema) {
  return decode_fields(Json::parse(schema).value());
}

Field field_of(const std::string& property) {
  return fields_of(R"({"type":"object","properties":{"x":)" + property + "}}").at(0);
}

std::string value_of(const std::string& property, std::string_view text) {
  return field_value(field_of(property), text).value_or("refused");
}

std::string error_of(const std::string& property, std::string_view text) {
  const auto value = field_value(field_of(property), text);
  return value ? "taken: " + *value : value.error();
}

TEST(DecodeFields, TellsKindsApart) {
  EXPECT_EQ(field_of(R"({"type":"integer"})").kind, Kind::integer);
  EXPECT_EQ(field_of(R"({"type":"number"})").kind, Kind::number);
  EXPECT_EQ(field_of(R"({"type":"boolean"})").kind, Kind::boolean);
  EXPECT_EQ(field_of(R"({"type":"string"})").kind, Kind::text);
  EXPECT_EQ(field_of(R"({"type":"string","enum":["a","b"]})").kind, Kind::choice);
  EXPECT_EQ(field_of(R"({"type":"array","items":{"type":"string"}})").kind, Kind::lines);
  EXPECT_EQ(field_of(R"({"type":"array","items":{"type":"integer"}})").kind, Kind::json);
  EXPECT_EQ(field_of(R"({"type":"object"})").kind, Kind::json);
  EXPECT_EQ(field_of(R"({})").kind, Kind::json);
}

TEST(DecodeFields, ReadsDefaults) {
  EXPECT_EQ(field_of(R"({"type":"integer","default":40})").initial, "40");
  EXPECT_EQ(field_of(R"({"type":"number","default":0.20})").initial, "0.20");
  EXPECT_EQ(field_of(R"({"type":"boolean","default":true})").initial, "true");
  EXPECT_EQ(field_of(R"({"type":"boolean"})").initial, "false");
  EXPECT_EQ(field_of(R"({"type":"string","default":"."})").initial, ".");
  EXPECT_EQ(field_of(R"({"type":"array","items":{"type":"string"},"default":["a","b"]})").initial, "a\nb");
  EXPECT_EQ(field_of(R"({"type":"object","default":{"Age":30}})").initial, R"({"Age":30})");
  EXPECT_EQ(field_of(R"({"type":"integer"})").initial, "");
  EXPECT_EQ(field_of(R"({"default":"x"})").initial, R"("x")") << "JSON, as the input takes it";
  EXPECT_EQ(field_of(R"({"type":["integer","null"],"default":5})").initial, "5");
  EXPECT_EQ(field_of(R"({"type":"object","default":{}})").initial, "{}");
  EXPECT_EQ(field_of(R"({"enum":[1,2],"default":2})").initial, "2");
}

TEST(DecodeFields, NamesInputsForPeople) {
  const auto fields = fields_of(R"({"properties":{"durationMs":{},"failAt":{},"steps":{},"x":{"title":"The X"}}})");
  EXPECT_EQ(fields[0].label, "Duration (ms)");
  EXPECT_EQ(fields[1].label, "Fail at");
  EXPECT_EQ(fields[2].label, "Steps");
  EXPECT_EQ(fields[3].label, "The X");
}

TEST(DecodeFields, ExplainsBounds) {
  EXPECT_EQ(field_of(R"({"type":"integer","minimum":1,"maximum":100})").help, "1 to 100");
  EXPECT_EQ(field_of(R"({"type":"integer","minimum":1,"description":"How many."})").help, "How many. At least 1.");
  EXPECT_EQ(field_of(R"({"type":"number","maximum":0.5,"description":"How much"})").help, "How much. At most 0.5.");
  EXPECT_EQ(field_of(R"({"type":"string","maxLength":5,"description":"Which."})").help, "Which.");
}

TEST(DecodeFields, PutsRequiredOnesFirst) {
  const auto fields = fields_of(R"({"required":["c","b"],"properties":{"a":{},"b":{},"c":{},"d":{}}})");
  EXPECT_THAT(fields, ElementsAre(Key("b"), Key("c"), Key("a"), Key("d")));
  EXPECT_TRUE(fields[0].is_required);
  EXPECT_FALSE(fields[2].is_required);
}

TEST(DecodeFields, FindsNoneInWhatIsNoSchema) {
  for (const auto* schema : {"{}", "[]", "null", "3", R"({"properties":7})", R"({"properties":{}})"}) {
    EXPECT_TRUE(fields_of(schema).empty()) << schema;
  }
}

TEST(FieldValue, TakesABlankWhereTheDefaultCounts) {
  for (const auto* property : {R"({"type":"integer","minimum":1})", R"({"type":"string"})", R"({"type":"object"})"}) {
    EXPECT_EQ(value_of(property, " \n"), "");
  }
}

TEST(FieldValue, WantsWhatIsRequired) {
  const auto field = fields_of(R"({"required":["x"],"properties":{"x":{"type":"string"}}})").at(0);
  EXPECT_EQ(field_value(field, " ").error(), "This is required.");
}

TEST(FieldValue, KeepsTheDigitsOfANumber) {
  EXPECT_EQ(value_of(R"({"type":"integer"})", " 9007199254740993 "), "9007199254740993");
  EXPECT_EQ(value_of(R"({"type":"integer"})", "-5"), "-5");
  EXPECT_EQ(value_of(R"({"type":"number"})", "0.10"), "0.10");
  EXPECT_EQ(value_of(R"({"type":"number"})", "1e3"), "1e3");
}

TEST(FieldValue, RefusesWhatIsNoWholeNumber) {
  for (const auto* text : {"x", "1.5", "1e3", "0x10", "1 2", "+1", "99999999999999999999", "\"1\"", "true"}) {
    EXPECT_EQ(error_of(R"({"type":"integer"})", text), "A whole number is wanted.") << text;
  }
}

TEST(FieldValue, RefusesWhatIsNoNumber) {
  for (const auto* text : {"x", ".5", "1,5", "NaN", "\"1\"", "true", "[1]"}) {
    EXPECT_EQ(error_of(R"({"type":"number"})", text), "A number is wanted.") << text;
  }
}

TEST(FieldValue, KeepsNumbersWithinBounds) {
  const auto* const property = R"({"type":"integer","minimum":1,"maximum":100})";
  EXPECT_EQ(value_of(property, "1"), "1");
  EXPECT_EQ(value_of(property, "100"), "100");
  EXPECT_EQ(error_of(property, "0"), "At least 1.");
  EXPECT_EQ(error_of(property, "101"), "At most 100.");
  EXPECT_EQ(error_of(R"({"type":"number","maximum":0.5})", "0.51"), "At most 0.5.");
}

TEST(FieldValue, QuotesText) {
  EXPECT_EQ(value_of(R"({"type":"string"})", "say \"grün\"\\"), R"("say \"grün\"\\")");
  EXPECT_EQ(value_of(R"({"enum":["a","b"]})", "b"), R"("b")");
}

TEST(FieldValue, CountsCharactersNotBytes) {
  const auto* const property = R"({"type":"string","minLength":2,"maxLength":3})";
  EXPECT_EQ(value_of(property, "üüü"), "\"üüü\"");
  EXPECT_EQ(error_of(property, "ü"), "At least 2 characters.");
  EXPECT_EQ(error_of(property, "abcd"), "At most 3 characters.");
}

TEST(FieldValue, MakesAListOfLines) {
  const auto* const property = R"({"type":"array","items":{"type":"string"},"minItems":2,"maxItems":2})";
  EXPECT_EQ(value_of(property, "one\r\n\n  \ntwo\n"), R"(["one","two"])");
  EXPECT_EQ(error_of(property, "one"), "At least 2 lines.");
  EXPECT_EQ(error_of(property, "1\n2\n3"), "At most 2 lines.");
}

TEST(FieldValue, KnowsYesAndNo) {
  EXPECT_EQ(value_of(R"({"type":"boolean"})", "true"), "true");
  EXPECT_EQ(value_of(R"({"type":"boolean"})", "false"), "false");
}

TEST(FieldValue, KnowsAChoiceByItsText) {
  const auto* const property = R"({"enum":[1,"two","3",true,null,{"a":4}]})";
  EXPECT_EQ(field_of(property).choices, (std::vector<std::string>{"1", "two", "3", "true", "null", R"({"a":4})"}));
  EXPECT_EQ(value_of(property, "1"), "1");
  EXPECT_EQ(value_of(property, "two"), R"("two")");
  EXPECT_EQ(value_of(property, "3"), R"("3")");
  EXPECT_EQ(value_of(property, "null"), "null");
  EXPECT_EQ(value_of(property, R"({"a":4})"), R"({"a":4})");
  EXPECT_EQ(value_of(property, "five"), R"("five")") << "the engine refuses it";
}

TEST(FieldValue, ChecksJson) {
  EXPECT_EQ(value_of(R"({"type":"object"})", "{ \"a\" : [1, 2] }"), R"({"a":[1,2]})");
  EXPECT_EQ(error_of(R"({"type":"object"})", "{a:1}"), "This is not JSON.");
}

}  // namespace
}  // namespace taskwire::view
