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
  },
  "additionalProperties": false
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
            "params.cuont is not known; there are: colour, count, flag, names, object, rate, word");
}

TEST(Params, NameTheTypeThatIsWanted) {
  EXPECT_EQ(complaint(R"({"count":"1"})"), "params.count must be of type integer");
  EXPECT_EQ(complaint(R"({"count":1.5})"), "params.count must be of type integer");
  EXPECT_EQ(complaint(R"({"count":1e300})"), "params.count must be of type integer");
  EXPECT_EQ(complaint(R"({"count":null})"), "params.count must be of type integer");
  EXPECT_EQ(complaint(R"({"rate":true})"), "params.rate must be of type number");
  EXPECT_EQ(complaint(R"({"word":1})"), "params.word must be of type string");
  EXPECT_EQ(complaint(R"({"flag":0})"), "params.flag must be of type boolean");
  EXPECT_EQ(complaint(R"({"names":{}})"), "params.names must be of type array");
  EXPECT_EQ(complaint(R"({"object":[]})"), "params.object must be of type object");
}

TEST(Params, NameTheBoundThatIsCrossed) {
  EXPECT_EQ(complaint(R"({"count":0})"), "params.count must be at least 1");
  EXPECT_EQ(complaint(R"({"count":11})"), "params.count must be at most 10");
  EXPECT_EQ(complaint(R"({"word":""})"), "params.word must have, in characters, at least 1");
  EXPECT_EQ(complaint(R"({"word":"abcd"})"), "params.word must have, in characters, at most 3");
  EXPECT_EQ(complaint(R"({"names":[]})"), "params.names must have, in items, at least 1");
  EXPECT_EQ(complaint(R"({"names":["a","b","c"]})"), "params.names must have, in items, at most 2");
}

TEST(Params, NameWhatAnEnumAllows) {
  EXPECT_EQ(complaint(R"({"colour":"blue"})"), R"(params.colour must be one of ["red","green"])");
}

TEST(Params, NameTheItemThatDoesNotFit) {
  EXPECT_EQ(complaint(R"({"names":["a",2]})"), "params.names[1] must be of type string");
  EXPECT_EQ(complaint(R"({"names":["abcdef"]})"), "params.names[0] must have, in characters, at most 5");
}

TEST(Params, RefuseWhatJsonCannotCarry) {
  auto given = struct_from_json(R"({"object":{"deep":[1]}})");
  auto& deep = *(*given.mutable_fields())["object"].mutable_struct_value()->mutable_fields();
  deep["deep"].mutable_list_value()->mutable_values(0)->set_number_value(std::nan(""));
  EXPECT_EQ(check_params(struct_from_json(kSchema), given).error().message,
            "params.object holds something that JSON cannot carry; leave it out");
  deep["deep"].mutable_list_value()->mutable_values(0)->clear_kind();
  EXPECT_FALSE(check_params(struct_from_json(kSchema), given));
  google::protobuf::Struct odd;
  (*odd.mutable_fields())["\xff"].set_bool_value(true);
  EXPECT_EQ(check_params(struct_from_json("{}"), odd).error().message,
            "params have a name that is no UTF-8; leave it out");
}

TEST(Params, AreNestedOnlySoDeep) {
  const auto nested = [](int deep) {
    std::string params = R"({"object":)";
    for (int i = 1; i < deep; ++i) params += R"({"a":)";
    return params + "1" + std::string(static_cast<std::size_t>(deep), '}');
  };
  EXPECT_EQ(complaint(nested(kMostNesting)), "none");
  EXPECT_EQ(complaint(nested(kMostNesting + 1)), "params are nested more than 31 deep; give them flatter");
}

}  // namespace
}  // namespace taskwire::engine
