#include "tasks/struct_json.h"

#include <cmath>
#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

TEST(StructJson, FindsAField) {
  const auto object = struct_from_json(R"({"a":1})");
  EXPECT_EQ(find_field(object, "a")->number_value(), 1);
  EXPECT_EQ(find_field(object, "b"), nullptr);
}

TEST(StructJson, CountsObjectsAndListsInEachOther) {
  const auto deep = [](const char* json) {
    google::protobuf::Value value;
    *value.mutable_struct_value() = struct_from_json(json);
    return nesting(value);
  };
  EXPECT_EQ(deep("{}"), 1);
  EXPECT_EQ(deep(R"({"a":1,"b":[[1],{}],"c":[]})"), 3);
}

TEST(StructJson, IsJsonUnlessItHoldsWhatJsonCannotCarry) {
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

TEST(StructJson, IsCompactWithItsKeysInOrder) {
  EXPECT_EQ(to_json(struct_from_json(R"({"b": [1, 2.5, null], "a": {"d": "<ü\\", "c": true}, "A": 30})")),
            R"({"A":30,"a":{"c":true,"d":"<ü\\"},"b":[1,2.5,null]})");
}

TEST(StructJson, IsOneLineForEveryReader) {
  EXPECT_EQ(to_json(struct_from_json("{\"a\u2028\": \"\u0085\u2029\u0085 \u2027\u0084\"}")),
            "{\"a\\u2028\":\"\\u0085\\u2029\\u0085 \u2027\u0084\"}");
}

}  // namespace
}  // namespace taskwire::engine
