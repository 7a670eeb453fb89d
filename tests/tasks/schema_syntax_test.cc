#include "tasks/schema_syntax.h"

#include <cmath>
#include <gtest/gtest.h>

#include "tasks/struct_json.h"
#include "types/attempts.h"
#include "types/countdown.h"
#include "types/simulate.h"

namespace taskwire::engine {
namespace {

std::string objection(const google::protobuf::Struct& schema) {
  const auto checked = check_schema(schema);
  if (checked) return "none";
  EXPECT_EQ(checked.error().reason, Reason::unsupported_schema);
  return checked.error().message;
}

std::string objection(const std::string& schema) {
  return objection(struct_from_json(schema));
}

/// The same of a property x, without its path.
std::string of_property(const std::string& schema) {
  const std::string path = "params.properties.x";
  const auto message = objection(R"({"properties":{"x":)" + schema + "}}");
  return message.starts_with(path) ? message.substr(path.size()) : message;
}

std::string nested(const std::string& before, const std::string& after, int times) {
  std::string text = "{}";
  for (int i = 0; i < times; ++i) text = before + text + after;
  return text;
}

TEST(SchemaSyntax, TakesAllThatParamsCanBeCheckedBy) {
  EXPECT_EQ(objection("{}"), "none");
  EXPECT_EQ(objection(R"json({
    "type": "object", "title": "T", "description": "D", "required": ["a"],
    "properties": {
      "a": {"type": ["integer", "null"], "minimum": -1.5, "maximum": 10, "default": null, "enum": [1, null]},
      "b": {"type": "string", "minLength": 0, "maxLength": 5, "const": "b"},
      "c": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "object", "properties": {}}, "default": [{}]},
      "title": {"additionalProperties": {"type": "number"}}},
    "additionalProperties": false})json"),
            "none");
}

TEST(SchemaSyntax, TakesThoseOfTheTypesThatTheEngineDoesItself) {
  const Simulate simulate;
  const Countdown countdown;
  const Attempts attempts;
  for (const TaskType* const type : std::initializer_list<const TaskType*>{&simulate, &countdown, &attempts}) {
    const auto schema = struct_from_json(type->params_schema());
    EXPECT_EQ(objection(schema), "none") << type->name();
    EXPECT_FALSE(schema.fields().at("additionalProperties").bool_value()) << type->name();
  }
}

TEST(SchemaSyntax, NamesAKeywordThatIsNotSupportedAndWhere) {
  const std::string rest =
      " is not supported; the keywords are type, properties, required, additionalProperties, enum, const, default, "
      "title, description, minimum, maximum, minLength, maxLength, minItems, maxItems, items";
  EXPECT_EQ(objection(R"({"$schema":"x"})"), R"(params["$schema"])" + rest);
  EXPECT_EQ(objection(R"({"properties":{"a":{"items":{"pattern":"x"}}}})"), "params.properties.a.items.pattern" + rest);
  EXPECT_EQ(objection(R"({"additionalProperties":{"oneOf":[]}})"), "params.additionalProperties.oneOf" + rest);
}

TEST(SchemaSyntax, NamesAValueOfTheWrongKind) {
  const std::string types =
      ".type must be one of string, number, integer, boolean, array, object and null, or a list of them";
  for (const auto* const type : {R"("int")", "[]", R"(["string","text"])", "7", "{}", "null"})
    EXPECT_EQ(of_property(std::string(R"({"type":)") + type + "}"), types) << type;
  EXPECT_EQ(of_property(R"({"properties":[]})"),
            ".properties must be an object whose members are schemas, each an object");
  EXPECT_EQ(of_property(R"({"properties":{"y":true}})"),
            ".properties must be an object whose members are schemas, each an object");
  EXPECT_EQ(of_property(R"({"required":"y"})"), ".required must be a list of names");
  EXPECT_EQ(of_property(R"({"required":[1]})"), ".required must be a list of names");
  EXPECT_EQ(of_property(R"({"additionalProperties":0})"), ".additionalProperties must be true, false or a schema");
  EXPECT_EQ(of_property(R"({"enum":[]})"), ".enum must be a list of at least one value");
  EXPECT_EQ(of_property(R"({"enum":{}})"), ".enum must be a list of at least one value");
  EXPECT_EQ(of_property(R"({"title":1})"), ".title must be a string");
  EXPECT_EQ(of_property(R"({"description":[]})"), ".description must be a string");
  EXPECT_EQ(of_property(R"({"minimum":"1"})"), ".minimum must be a number");
  EXPECT_EQ(of_property(R"({"maximum":null})"), ".maximum must be a number");
  for (const auto* const keyword : {"minLength", "maxLength", "minItems", "maxItems"}) {
    for (const auto* const value : {"-1", "1.5", R"("1")"}) {
      EXPECT_EQ(of_property(std::string(R"({")") + keyword + R"(":)" + value + "}"),
                std::string(".") + keyword + " must be a whole number, not below 0");
    }
  }
  EXPECT_EQ(of_property(R"({"items":[{}]})"), ".items must be a schema, an object");
}

TEST(SchemaSyntax, RefusesADefaultThatDoesNotFit) {
  EXPECT_EQ(of_property(R"({"type":"integer","default":"1"})"), ".default must be of type integer");
  EXPECT_EQ(of_property(R"({"properties":{"w":{"minimum":1}},"default":{"w":0}})"), ".default.w must be at least 1");
  EXPECT_EQ(of_property(R"({"required":["w"],"properties":{"w":{"default":1}},"default":{}})"), "none");
  EXPECT_EQ(of_property(R"({"required":["w"],"default":{}})"), ".default.w is required; add it");
}

TEST(SchemaSyntax, WantsAnObjectAsTheWhole) {
  EXPECT_EQ(objection(R"({"type":"array"})"), "params.type must be object: params are always one");
  EXPECT_EQ(objection(R"({"type":["string","null"]})"), "params.type must be object: params are always one");
  EXPECT_EQ(objection(R"({"type":["object","null"]})"), "none");
  EXPECT_EQ(objection(R"({"default":{}})"),
            "params.default has no meaning here; give each of the properties its own default");
}

TEST(SchemaSyntax, HasABottom) {
  EXPECT_EQ(objection(nested(R"({"items":)", "}", 15)), "none");
  EXPECT_EQ(objection(nested(R"({"items":)", "}", 16)).substr(0, 18), "params.items.items");
  EXPECT_NE(objection(nested(R"({"items":)", "}", 16)).find("at most 16 schemas"), std::string::npos);
  EXPECT_EQ(objection(nested(R"({"properties":{"x":)", "}}", 14)), "none");
  EXPECT_EQ(objection(nested(R"({"properties":{"x":)", "}}", 15)),
            "params are nested too deep: at most 30 objects and lists are in each other");
}

TEST(SchemaSyntax, HasASize) {
  const auto of = [](std::size_t bytes) { return R"({"title":")" + std::string(bytes - 12, 'x') + R"("})"; };
  EXPECT_EQ(objection(of(kMostSchemaBytes)), "none");
  EXPECT_EQ(objection(of(kMostSchemaBytes + 1)), "params are a schema of at most 64 KiB as JSON, not of 65537 bytes");
}

TEST(SchemaSyntax, RefusesWhatJsonCannotCarry) {
  google::protobuf::Struct schema;
  (*schema.mutable_fields())["minimum"].set_number_value(std::nan(""));
  EXPECT_EQ(objection(schema), "params hold something that JSON cannot carry; leave it out");
}

TEST(SchemaSyntax, RefusesDefaultsThatTakeTooLong) {
  std::string choices = "0";
  for (int i = 1; i < 4000; ++i) choices += "," + std::to_string(i);
  std::string last = "3999";
  for (int i = 1; i < 4000; ++i) last += ",3999";
  EXPECT_EQ(of_property(R"({"items":{"enum":[)" + choices + R"(]},"default":[)" + last + "]}"),
            ".default[499] takes too long to check; send fewer items");
}

}  // namespace
}  // namespace taskwire::engine
