#include "commands/json_file.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

TEST(JsonFile, KnowsTheLineAndThePathOfEachValue) {
  const auto file = read_json("{\n  \"types\": [\n    {\"a\":\n      1},\n    2\n  ],\n\n  \"b\": true\n}\n");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->line, 1);
  const auto& types = *file->find("types");
  EXPECT_EQ(types.line, 2);
  EXPECT_EQ(types.items.at(0).line, 3);
  EXPECT_EQ(types.items.at(0).path, "types[0]");
  const auto& a = *types.items.at(0).find("a");
  EXPECT_EQ(a.line, 3) << "that of its key";
  EXPECT_EQ(a.path, "types[0].a");
  EXPECT_EQ(types.items.at(1).line, 5) << "a number's end is seen a byte later";
  EXPECT_EQ(file->find("b")->line, 8);
  EXPECT_EQ(file->find("c"), nullptr);
}

TEST(JsonFile, GivesItsValuesBack) {
  const std::string text = R"({"list":[1,-2,0.5,"a\"b\n",null,true,[],{}],"object":{"b":1,"a":2}})";
  EXPECT_EQ(read_json(text)->json(), text);
}

TEST(JsonFile, NamesTheLineOfWhatIsNoJson) {
  const struct {
    const char* text;
    int line;
  } cases[] = {{"", 1}, {"{\n\"a\":1,\n}", 3}, {"{}\n{}", 2}, {"{\n\n\"a\" 1}", 3}, {"[1,\n2", 2}};
  for (const auto& expected : cases) {
    const auto file = read_json(expected.text);
    ASSERT_FALSE(file) << expected.text;
    EXPECT_EQ(file.error().message.find("line " + std::to_string(expected.line) + ": this is no JSON; "), 0U)
        << file.error().message;
  }
}

TEST(JsonFile, RefusesANumberThatIsTooLarge) {
  EXPECT_EQ(read_json("{\n\"a\":1e999}").error().message, "line 2: the number 1e999 is too large; write a smaller one");
}

TEST(JsonFile, RefusesAKeyThatIsThereTwice) {
  EXPECT_EQ(read_json("{\"a\":{\"b\":1,\n\"b\":2}}").error(),
            (Error{Reason::cannot_start, "line 2: a.b is there twice; leave one out"}));
}

TEST(JsonFile, RefusesWhatIsNestedTooDeep) {
  EXPECT_EQ(read_json("\n" + std::string(200, '[') + std::string(200, ']')).error().message,
            "line 2: more than 100 lists and objects are in each other; write fewer");
  EXPECT_TRUE(read_json(std::string(100, '[') + std::string(100, ']')));
}

}  // namespace
}  // namespace taskwire::engine
