#include "tasks/params.h"

#include <cmath>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

constexpr auto kSchema = R"json({
  "type": "object",
  "properties": {
    "count": {"type": "integer", "minimum": 1, "maximum": 10, "default": 3},
    "rate": {"type": "number", "maximum": 1},
    "word": {"type": "string", "minLength": 1, "maxLength": 3},
    "colour": {"type": "string", "enum": ["red", "green"]},
    "flag": {"type": "boolean"},
    "names": {"type": "array", "items": {"type": "string", "maxLength": 5}, "minItems": 1, "maxItems": 2},
    "object": {"type": "object", "default": {"a": 1}}
  }
})json";

Result<google::protobuf::Struct> check(const std::string& params) {
  return check_params(struct_from_json(kSchema), struct_from_json(params));
}

std::string complaint(const std::string& params) {
  const auto checked = check(params);
  if (checked) return "none";
  EXPECT_EQ(checked.error().reason, Reason::invalid_params);
  return checked.error().message;
}

TEST(Params, FillInDefaults) {
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*check("{}"),
                                                                 struct_from_json(R"({"count":3,"object":{"a":1}})")));
  EXPECT_EQ(integer_param(*check(R"({"count":7})"), "count"), 7);
}

TEST(Params, TakeWhatFits) {
  EXPECT_EQ(
      complaint(R"({"count":10,"rate":0.5,"word":"äöü","colour":"red","flag":true,"names":["a","b"],"object":{}})"),
      "none");
}

TEST(Params, NameAnUnknownOneAndThoseThatThereAre) {
  EXPECT_EQ(complaint(R"({"cuont":1})"),
            "unknown parameter 'cuont'; there are: colour, count, flag, names, object, rate, word");
}

TEST(Params, NameTheTypeThatIsWanted) {
  EXPECT_EQ(complaint(R"({"count":"1"})"), "parameter 'count': must be of type integer");
  EXPECT_EQ(complaint(R"({"count":1.5})"), "parameter 'count': must be of type integer");
  EXPECT_EQ(complaint(R"({"count":1e300})"), "parameter 'count': must be of type integer");
  EXPECT_EQ(complaint(R"({"count":null})"), "parameter 'count': must be of type integer");
  EXPECT_EQ(complaint(R"({"rate":true})"), "parameter 'rate': must be of type number");
  EXPECT_EQ(complaint(R"({"word":1})"), "parameter 'word': must be of type string");
  EXPECT_EQ(complaint(R"({"flag":0})"), "parameter 'flag': must be of type boolean");
  EXPECT_EQ(complaint(R"({"names":{}})"), "parameter 'names': must be of type array");
  EXPECT_EQ(complaint(R"({"object":[]})"), "parameter 'object': must be of type object");
}

TEST(Params, NameTheBoundThatIsCrossed) {
  EXPECT_EQ(complaint(R"({"count":0})"), "parameter 'count': must be at least 1");
  EXPECT_EQ(complaint(R"({"count":11})"), "parameter 'count': must be at most 10");
  EXPECT_EQ(complaint(R"({"word":""})"), "parameter 'word': must have, in characters, at least 1");
  EXPECT_EQ(complaint(R"({"word":"abcd"})"), "parameter 'word': must have, in characters, at most 3");
  EXPECT_EQ(complaint(R"({"names":[]})"), "parameter 'names': must have, in items, at least 1");
  EXPECT_EQ(complaint(R"({"names":["a","b","c"]})"), "parameter 'names': must have, in items, at most 2");
}

TEST(Params, NameWhatAnEnumAllows) {
  EXPECT_EQ(complaint(R"({"colour":"blue"})"), R"(parameter 'colour': must be one of ["red","green"])");
}

TEST(Params, NameTheItemThatDoesNotFit) {
  EXPECT_EQ(complaint(R"({"names":["a",2]})"), "parameter 'names': item 2 must be of type string");
  EXPECT_EQ(complaint(R"({"names":["abcdef"]})"), "parameter 'names': item 1 must have, in characters, at most 5");
}

TEST(Params, RefuseWhatJsonCannotCarry) {
  auto given = struct_from_json(R"({"object":{"deep":[1]}})");
  auto& deep = *(*given.mutable_fields())["object"].mutable_struct_value()->mutable_fields();
  deep["deep"].mutable_list_value()->mutable_values(0)->set_number_value(std::nan(""));
  EXPECT_EQ(check_params(struct_from_json(kSchema), given).error().message,
            "parameter 'object': holds something that JSON cannot carry");
  deep["deep"].mutable_list_value()->mutable_values(0)->clear_kind();
  EXPECT_FALSE(check_params(struct_from_json(kSchema), given));
}

TEST(Params, AreJsonUnlessTheyHoldWhatItCannotCarry) {
  EXPECT_TRUE(is_json(struct_from_json(R"({"a":[1,{"b":"ü"}],"c":null})")));
  const auto carried = [](const auto& fill) {
    google::protobuf::Struct object;
    fill(*(*object.mutable_fields())["a"].mutable_list_value()->add_values()->mutable_struct_value());
    return is_json(object);
  };
  using google::protobuf::Struct;
  EXPECT_FALSE(carried([](Struct& in) { (*in.mutable_fields())["x"].set_number_value(std::nan("")); }));
  EXPECT_FALSE(carried([](Struct& in) { (*in.mutable_fields())["x"].set_string_value("\xff"); }));
  EXPECT_FALSE(carried([](Struct& in) { (*in.mutable_fields())["\xff"].set_bool_value(true); }));
  EXPECT_FALSE(carried([](Struct& in) { (*in.mutable_fields())["x"]; }));
}

TEST(Params, AreCompactJsonWithTheirKeysInOrder) {
  EXPECT_EQ(to_json(struct_from_json(R"({"b": [1, 2.5, null], "a": {"d": "<ü\\", "c": true}, "A": 30})")),
            R"({"A":30,"a":{"c":true,"d":"<ü\\"},"b":[1,2.5,null]})");
}

TEST(Params, AreOneLineForEveryReader) {
  EXPECT_EQ(to_json(struct_from_json("{\"a\u2028\": \"\u0085\u2029\u0085 \u2027\u0084\"}")),
            "{\"a\\u2028\":\"\\u0085\\u2029\\u0085 \u2027\u0084\"}");
}

}  // namespace
}  // namespace taskwire::engine
