#include "tasks/json_schema.h"

#include <gtest/gtest.h>

#include "tasks/params.h"

namespace taskwire::engine {
namespace {

/// `given` with what was filled in, or what is wrong with it.
std::string fit(const std::string& schema, const std::string& given) {
  const auto checked = check_params(struct_from_json(schema), struct_from_json(given));
  return checked ? to_json(*checked) : checked.error().message;
}

/// The same of the one parameter x.
std::string fit_x(const std::string& schema, const std::string& x) {
  return fit(R"({"properties":{"x":)" + schema + "}}", R"({"x":)" + x + "}");
}

std::string list_of(const std::string& item, int count) {
  std::string list = "[" + item;
  for (int i = 1; i < count; ++i) list += "," + item;
  return list + "]";
}

TEST(JsonSchema, TakesWhatIsNotSpokenOf) {
  EXPECT_EQ(fit("{}", R"({"a":[1,{"b":null}]})"), R"({"a":[1,{"b":null}]})");
  EXPECT_EQ(fit(R"({"properties":{"a":{}}})", R"({"a":1,"b":2})"), R"({"a":1,"b":2})");
  EXPECT_EQ(fit(R"({"additionalProperties":true})", R"({"b":2})"), R"({"b":2})");
}

TEST(JsonSchema, FillsInDefaultsAtEveryLevel) {
  constexpr auto kSize = R"({
    "properties": {"size": {"default": {}, "properties": {"width": {"default": 3}, "unit": {"default": "px"}}},
                   "points": {"items": {"properties": {"x": {"default": 0}}}},
                   "none": {"properties": {"y": {"default": 1}}}},
    "additionalProperties": {"properties": {"z": {"default": true}}}})";
  EXPECT_EQ(fit(kSize, "{}"), R"({"size":{"unit":"px","width":3}})");
  EXPECT_EQ(fit(kSize, R"({"size":{"width":4},"points":[{},{"x":2}],"other":{}})"),
            R"({"other":{"z":true},"points":[{"x":0},{"x":2}],"size":{"unit":"px","width":4}})");
}

TEST(JsonSchema, NamesTheWayToAMemberThatDoesNotFit) {
  constexpr auto kSchema = R"({"properties":{"size":{"properties":{"width":{"minimum":1},"odd name":{"type":"string"}}},
                               "lists":{"items":{"items":{"type":"integer"}}}},"additionalProperties":{"maximum":9}})";
  EXPECT_EQ(fit(kSchema, R"({"size":{"width":0}})"), "params.size.width must be at least 1");
  EXPECT_EQ(fit(kSchema, R"({"size":{"odd name":0}})"), R"(params.size["odd name"] must be of type string)");
  EXPECT_EQ(fit(kSchema, R"({"lists":[[1],[1,"2"]]})"), "params.lists[1][1] must be of type integer");
  EXPECT_EQ(fit(kSchema, R"({"other":10})"), "params.other must be at most 9");
}

TEST(JsonSchema, RefusesMembersThatAreNotKnownAtEveryLevel) {
  constexpr auto kSchema = R"({"properties":{"size":{"properties":{"w":{},"h":{}},"additionalProperties":false},
                               "none":{"additionalProperties":false}}})";
  EXPECT_EQ(fit(kSchema, R"({"size":{"d":1}})"), "params.size.d is not known; there are: h, w");
  EXPECT_EQ(fit(kSchema, R"({"none":{"":1}})"), R"(params.none[""] is not known; there are: none)");
}

TEST(JsonSchema, WantsWhatIsRequiredUnlessItHasADefault) {
  constexpr auto kSchema = R"({"properties":{"size":{"required":["w","h"],"properties":{"h":{"default":1}}}},
                               "required":["size"]})";
  EXPECT_EQ(fit(kSchema, "{}"), "params.size is required; add it");
  EXPECT_EQ(fit(kSchema, R"({"size":{}})"), "params.size.w is required; add it");
  EXPECT_EQ(fit(kSchema, R"({"size":{"w":2}})"), R"({"size":{"h":1,"w":2}})");
}

TEST(JsonSchema, KnowsEveryType) {
  EXPECT_EQ(fit_x(R"({"type":"null"})", "null"), R"({"x":null})");
  EXPECT_EQ(fit_x(R"({"type":"null"})", "0"), "params.x must be of type null");
  EXPECT_EQ(fit_x(R"({"type":["integer","null"]})", "null"), R"({"x":null})");
  EXPECT_EQ(fit_x(R"({"type":["integer","null"]})", "1.5"), "params.x must be of type integer or null");
  EXPECT_EQ(fit_x(R"({"type":"array"})", "{}"), "params.x must be of type array");
  EXPECT_EQ(fit_x(R"({"type":"integer"})", "9007199254740992"), R"({"x":9007199254740992})");
}

TEST(JsonSchema, KnowsChoicesByTheirValue) {
  constexpr auto kChoices = R"({"enum":[1,"1",true,null,[1,2],{"a":{"b":1},"c":2}]})";
  for (const auto* const choice : {"1", "1.0", R"("1")", "true", "null", "[1,2]", R"({"c":2,"a":{"b":1}})"})
    EXPECT_EQ(fit_x(kChoices, choice).substr(0, 5), R"({"x":)") << choice;
  for (const auto* const other : {"2", R"("2")", "false", "[1]", "[2,1]", "{}", R"({"c":2,"a":{"b":2}})"})
    EXPECT_EQ(fit_x(kChoices, other).substr(0, 23), "params.x must be one of") << other;
  EXPECT_EQ(fit_x(R"({"const":{"a":1}})", R"({"a":1})"), R"({"x":{"a":1}})");
  EXPECT_EQ(fit_x(R"({"const":{"a":1}})", R"({"a":2})"), R"(params.x must be {"a":1})");
  EXPECT_EQ(fit_x(R"({"const":1,"enum":[2]})", "2"), "params.x must be 1");
}

TEST(JsonSchema, KeepsBoundsOfTheirOwnTypeOnly) {
  constexpr auto kBounds = R"({"minimum":1,"maximum":2,"minLength":1,"maxLength":2,"minItems":1,"maxItems":2})";
  EXPECT_EQ(fit_x(kBounds, "0.5"), "params.x must be at least 1");
  EXPECT_EQ(fit_x(kBounds, "3"), "params.x must be at most 2");
  EXPECT_EQ(fit_x(kBounds, R"("")"), "params.x must have, in characters, at least 1");
  EXPECT_EQ(fit_x(kBounds, R"("äöü")"), "params.x must have, in characters, at most 2");
  EXPECT_EQ(fit_x(kBounds, "[]"), "params.x must have, in items, at least 1");
  EXPECT_EQ(fit_x(kBounds, "[1,2,3]"), "params.x must have, in items, at most 2");
  EXPECT_EQ(fit_x(kBounds, "true"), R"({"x":true})");
}

TEST(JsonSchema, FillsInSoMuchAndNoMore) {
  const auto schema = struct_from_json(R"({"properties":{"x":{"items":{"properties":{"y":{"default":")" +
                                       std::string(1000, 'y') + R"("}}}}}})");
  const auto few = check_params(schema, struct_from_json(R"({"x":)" + list_of("{}", 60) + "}"));
  EXPECT_TRUE(few);
  const auto many = check_params(schema, struct_from_json(R"({"x":)" + list_of("{}", 70) + "}"));
  EXPECT_EQ(many.error().reason, Reason::params_too_large);
  EXPECT_EQ(many.error().message.substr(0, 12), "params.x[65]");
}

TEST(JsonSchema, GivesUpWhatTakesTooLong) {
  std::string choices = "0";
  for (int i = 1; i < 10'000; ++i) choices += "," + std::to_string(i);
  EXPECT_EQ(fit_x(R"({"items":{"enum":[)" + choices + "]}}", list_of("9999", 10'000)),
            "params.x[199] takes too long to check; send fewer items");
}

TEST(JsonSchema, ShowsNoMoreOfForeignTextThanHelps) {
  const std::string name(1000, 'n');
  EXPECT_EQ(fit(R"({"additionalProperties":false})", R"({")" + name + R"(":1})"),
            R"(params[")" + std::string(64, 'n') + R"(…"] is not known; there are: none)");
  EXPECT_LT(fit_x(R"({"const":")" + name + R"("})", "1").size(), 600U);
  EXPECT_EQ(path_of("a", "b\n"), R"(a["b\n"])");
  EXPECT_EQ(path_of("a", "1b"), R"(a["1b"])");
}

}  // namespace
}  // namespace taskwire::engine
