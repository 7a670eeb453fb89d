#include "commands/command_result.h"

#include <gtest/gtest.h>

#include "tasks/struct_json.h"

namespace taskwire::engine {
namespace {

TEST(CommandResult, IsTheLastLineWhereThatIsAnObject) {
  EXPECT_EQ(to_json(result_of(R"({"files":12,"names":["a"]})")), R"({"files":12,"names":["a"]})");
}

TEST(CommandResult, IsTheExitStatusOtherwise) {
  for (const auto* const line : {"", "done", "[1]", "12", "{", "{\"a\":}", "null"})
    EXPECT_EQ(to_json(result_of(line)), R"({"exitStatus":0})") << line;
}

}  // namespace
}  // namespace taskwire::engine
