#include "commands/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tasks/struct_json.h"

namespace taskwire::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Line = std::vector<std::string>;

Result<Line> filled(const std::vector<std::string>& texts, const std::string& params) {
  std::vector<Argument> arguments;
  for (const auto& text : texts) arguments.push_back(*parse_argument(text));
  return fill_in(arguments, struct_from_json(params));
}

TEST(CommandLine, PutsParamsInTheirPlaces) {
  EXPECT_EQ(filled({"{path}", "--size={width}x{height}", "plain"}, R"({"path":"a b.png","width":80,"height":60})"),
            (Line{"a b.png", "--size=80x60", "plain"}));
}

TEST(CommandLine, WritesWhatIsNoTextAsJson) {
  EXPECT_EQ(filled({"{a}", "{b}", "{c}", "{d}"}, R"({"a":1e6,"b":0.25,"c":true,"d":{"x":[1,"y"]}})"),
            (Line{"1000000", "0.25", "true", R"({"x":[1,"y"]})"}));
}

TEST(CommandLine, MakesAnArgumentOfEachItemOfAList) {
  EXPECT_EQ(filled({"{files}", "all={files}"}, R"({"files":["a","b c",3]})"),
            (Line{"a", "b c", "3", R"(all=["a","b c",3])"}));
  EXPECT_EQ(filled({"{files}"}, R"({"files":[]})"), Line());
}

TEST(CommandLine, LeavesOutWhatNamesAnAbsentParam) {
  EXPECT_EQ(filled({"a", "{size}", "--size={size}", "{name}{size}", "b"}, R"({"name":"x"})"), (Line{"a", "b"}));
  EXPECT_EQ(filled({"{size}"}, R"({"size":null})"), Line());
  EXPECT_EQ(filled({"{size}"}, R"({"size":""})"), Line{""}) << "what is empty is there";
}

TEST(CommandLine, IsNeverReadTwice) {
  EXPECT_EQ(filled({"{a}"}, R"({"a":"{b} $(rm) `x` 'y' *","b":"no"})"), Line{"{b} $(rm) `x` 'y' *"});
}

TEST(CommandLine, TakesDoubledBracesForBraces) {
  EXPECT_EQ(filled({"{{x}}", "{{{a}}}", "}}{{"}, R"({"a":"1"})"), (Line{"{x}", "{1}", "}{"}));
}

TEST(CommandLine, RefusesWhatIsNoPlaceholder) {
  for (const auto* const text : {"{", "}", "{a", "a}", "{}", "{a{b}", "{a}}"}) {
    const auto argument = parse_argument(text);
    ASSERT_FALSE(argument) << text;
    EXPECT_THAT(argument.error().message, HasSubstr("is no placeholder; write {name} for a param")) << text;
  }
}

TEST(CommandLine, RefusesAValueThatCouldBeAnOption) {
  for (const auto* const text : {"{a}", "{a}/b", "{empty}{a}", "{list}"}) {
    const auto line = filled({text}, R"({"a":"-rf","empty":"","list":["x","-rf"]})");
    ASSERT_FALSE(line) << text;
    EXPECT_EQ(line.error().reason, Reason::invalid_params);
    EXPECT_THAT(line.error().message, testing::MatchesRegex("params\\.(a|list) begins with -, .*")) << text;
  }
  EXPECT_FALSE(filled({"{a}"}, R"({"a":-1})"));
  EXPECT_EQ(filled({"--size={a}", "./{a}", "-{a}"}, R"({"a":"-x"})"), (Line{"--size=-x", "./-x", "--x"}));
}

TEST(CommandLine, TakesItWhereThatIsAllowed) {
  auto argument = *parse_argument("{a}");
  argument.may_begin_with_dash = true;
  EXPECT_THAT(*fill_in({argument}, struct_from_json(R"({"a":"-rf"})")), ElementsAre("-rf"));
}

TEST(CommandLine, RefusesAZeroByte) {
  EXPECT_EQ(filled({"x{a}"}, R"({"a":"b\u0000c"})").error().reason, Reason::invalid_params);
}

}  // namespace
}  // namespace taskwire::engine
