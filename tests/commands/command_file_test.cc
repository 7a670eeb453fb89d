#include "commands/command_file.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/support/temp_dir.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::array<std::string_view, 1> kTaken = {"simulate"};

/// A file of one type; what `more` has stands in line 4.
std::string type_with(const std::string& more, const std::string& command = R"(["sh", "-c", "true"])") {
  return "{\"types\": [{\n  \"type\": \"a\",\n  \"command\": " + command + (more.empty() ? "" : ",\n  " + more) +
         "\n}]}\n";
}

Result<std::vector<Command>> parsed(const std::string& text) {
  return parse_commands(text, kTaken);
}

Command only(const std::string& text) {
  auto commands = parsed(text);
  EXPECT_TRUE(commands) << commands.error().message;
  return commands && commands->size() == 1 ? commands->front() : Command();
}

std::string error_of(const std::string& text) {
  const auto commands = parsed(text);
  if (commands) return "";
  EXPECT_EQ(commands.error().reason, Reason::cannot_start);
  return commands.error().message;
}

TEST(CommandFile, HasDefaults) {
  const auto command = only(type_with(""));
  EXPECT_EQ(command.type, "a");
  EXPECT_EQ(command.program.substr(command.program.rfind('/')), "/sh");
  EXPECT_EQ(command.arguments.size(), 3U);
  EXPECT_EQ(command.params, R"({"properties":{},"type":"object"})");
  EXPECT_EQ(command.folder, "/");
  EXPECT_EQ(command.grace, std::chrono::seconds(10));
  EXPECT_EQ(command.policy.time_limit, milliseconds(0));
  EXPECT_EQ(command.policy.retry.attempts, 1);
  EXPECT_EQ(command.policy.most_time, milliseconds(0));
  EXPECT_EQ(command.policy.most_attempts, 0);
  EXPECT_EQ(command.policy.max_running, 0U);
  EXPECT_EQ(command.retried, (std::set<Reason>{Reason::exit_status, Reason::signal}));
  EXPECT_FALSE(command.runs_again);
  EXPECT_EQ(command.memory, 0U);
  EXPECT_EQ(command.descriptors, 0U);
  EXPECT_FALSE(command.user);
  EXPECT_THAT(command.environment, ElementsAre("ConEmuANSI=ON", StartsWith("PATH=/"), "TERM_FEATURES=P"));
}

TEST(CommandFile, TakesEachKey) {
  setenv("TASKWIRE_TEST_INHERITED", "yes", 1);
  const auto command = only(type_with(
      R"("description": "Does it", "params": {"type": "object", "properties": {"x": {"type": "string"}}},
         "folder": "/tmp", "environment": {"LANG": "C.UTF-8", "EMPTY": ""},
         "inherit": ["TASKWIRE_TEST_INHERITED", "TASKWIRE_TEST_ABSENT"],
         "timeLimit": "2h", "grace": "1500ms", "maxRunning": 2, "maxRunningPerUser": 1, "progress": "rsync",
         "retry": {"attempts": 3, "backoff": "2s", "maxBackoff": "5m", "on": ["TIME_LIMIT", "INTERRUPTED"]},
         "memory": "512MiB", "descriptors": 64)",
      R"(["sh", {"argument": "{x}", "mayBeginWithDash": true}])"));
  EXPECT_EQ(command.description, "Does it");
  EXPECT_EQ(command.folder, "/tmp");
  EXPECT_THAT(command.environment, AllOf(Contains("LANG=C.UTF-8"), Contains("EMPTY="),
                                         Contains("TASKWIRE_TEST_INHERITED=yes"), testing::SizeIs(6)));
  EXPECT_EQ(command.policy.time_limit, std::chrono::hours(2));
  EXPECT_EQ(command.grace, milliseconds(1500));
  EXPECT_EQ(command.policy.max_running, 2U);
  EXPECT_EQ(command.policy.max_running_per_user, 1U);
  EXPECT_EQ(command.progress, "rsync");
  EXPECT_EQ(command.policy.most_time, std::chrono::hours(2)) << "for who starts a task, too";
  EXPECT_EQ(command.policy.retry.attempts, 3);
  EXPECT_EQ(command.policy.most_attempts, 3);
  EXPECT_EQ(command.policy.retry.backoff, std::chrono::seconds(2));
  EXPECT_EQ(command.policy.retry.max_backoff, std::chrono::minutes(5));
  EXPECT_EQ(command.retried, (std::set<Reason>{Reason::time_limit, Reason::interrupted}));
  EXPECT_TRUE(command.runs_again);
  EXPECT_EQ(command.memory, std::uint64_t{512} << 20);
  EXPECT_EQ(command.descriptors, 64U);
  EXPECT_TRUE(command.arguments.at(1).may_begin_with_dash);
}

TEST(CommandFile, NamesTheLineAndTheKeyOfAMistake) {
  const struct {
    const char* line;
    const char* message;
  } cases[] = {
      {R"("nonsense": 1)", "types[0].nonsense is not known; the keys are type, description, params, command, "},
      {R"("description": 5)", "types[0].description is no text"},
      {R"("params": [])", "types[0].params is no JSON Schema"},
      {R"("params": {"properties": {"x": {"pattern": "y"}}})",
       "types[0].params.properties.x.pattern: params.properties.x.pattern is not supported"},
      {R"("folder": "tmp")", "types[0].folder: 'tmp' is no folder"},
      {R"("folder": "/nope")", "types[0].folder: '/nope' is no folder; make it, or name another"},
      {R"("environment": ["A=b"])", "types[0].environment is no object"},
      {R"("environment": {"A": 1})", "types[0].environment.A is no text"},
      {R"("environment": {"A=b": ""})", "types[0].environment.A=b is no name of a variable"},
      {R"("environment": {"NOTIFY_SOCKET": "x"})", "types[0].environment.NOTIFY_SOCKET is set by the engine"},
      {R"("inherit": "HOME")", "types[0].inherit is no list"},
      {R"("inherit": [1])", "types[0].inherit[0] is no text"},
      {R"("inherit": ["HOME", "NOTIFY_SOCKET"])", "types[0].inherit[1] is set by the engine; leave it out"},
      {R"("inherit": ["TASKWIRE_TASK"])", "types[0].inherit[0] is set by the engine; leave it out"},
      {R"("timeLimit": 5)", "types[0].timeLimit is no time; write a number and ms, s, m, h or d in quotes"},
      {R"("timeLimit": "31d")", "types[0].timeLimit is a time from 1ms to 30d"},
      {R"("grace": "soon")", "types[0].grace is no time"},
      {R"("retry": 3)", "types[0].retry is no object"},
      {R"("retry": {"attempts": 0})", "types[0].retry.attempts is a whole number from 1 to 100"},
      {R"("retry": {"backoff": 1})", "types[0].retry.backoff is no time"},
      {R"("retry": {"maxBackoff": ""})", "types[0].retry.maxBackoff is no time"},
      {R"("retry": {"on": ["CANCELLED"]})", "types[0].retry.on[0] is none of EXIT_STATUS, SIGNAL, TIME_LIMIT and"},
      {R"("retry": {"times": 3})", "types[0].retry.times is not known; the keys are attempts, "},
      {R"("maxRunning": -1)", "types[0].maxRunning is a whole number from 0 to 1000000"},
      {R"("maxRunningPerUser": "2")", "types[0].maxRunningPerUser is a whole number"},
      {R"("progress": "nonsense")", "types[0].progress is no profile; there are apt, cargo, "},
      {R"("user": "no-such-user")", "types[0].user: there is no user 'no-such-user' on this machine"},
      {R"("memory": 100)", "types[0].memory is no size"},
      {R"("memory": "1KiB")", "types[0].memory is no size"},
      {R"("memory": "99999999999999999TiB")", "types[0].memory is no size"},
      {R"("descriptors": 3)", "types[0].descriptors is a whole number from 8 to "},
      {R"("descriptors": 1.5)", "types[0].descriptors is a whole number"},
      {R"("command": ["sh"])", "types[0].command is there twice"},
  };
  for (const auto& expected : cases)
    EXPECT_THAT(error_of(type_with(expected.line)), StartsWith(std::string("line 4: ") + expected.message));
}

TEST(CommandFile, NamesTheMistakeOfACommand) {
  const struct {
    const char* command;
    const char* message;
  } cases[] = {
      {R"("sh -c true")", "types[0].command is no list of the program and its arguments"},
      {R"([])", "types[0].command is no list"},
      {R"(["no-such-program"])", "types[0].command[0]: there is no program 'no-such-program' in /usr/local/sbin:"},
      {R"(["/nope/sh"])", "types[0].command[0]: '/nope/sh' is no program that can be run"},
      {R"(["/etc/passwd"])", "types[0].command[0]: '/etc/passwd' is no program that can be run"},
      {R"(["/tmp"])", "types[0].command[0]: '/tmp' is no program that can be run"},
      {R"(["./sh"])", "types[0].command[0]: './sh' is a path within a folder that is not told"},
      {R"([{"argument": "sh", "mayBeginWithDash": true}])", "types[0].command[0] is the program, and no text"},
      {R"(["{x}"])", "types[0].command[0] has a placeholder, and is the program"},
      {R"(["sh", "{y}"])", "types[0].command[1] names {y}, which is none of params.properties"},
      {R"(["sh", "{x"])", "types[0].command[1]: '{x' is no placeholder"},
      {R"(["sh", 1])", "types[0].command[1] is no text"},
      {R"(["sh", {"argument": "{x}"}])", "types[0].command[1] is neither a text nor like"},
  };
  for (const auto& expected : cases) {
    EXPECT_THAT(error_of(type_with(R"("params": {"properties": {"x": {}}})", expected.command)),
                StartsWith(std::string("line 3: ") + expected.message));
  }
}

TEST(CommandFile, RefusesAnOptionWhoseValueMayBeLeftOut) {
  const auto of = [](const std::string& arguments, const std::string& property, const std::string& required = "") {
    return error_of(type_with(R"("params": {"required": [)" + required + R"(], "properties": {"x": )" + property + "}}",
                              R"(["sh", )" + arguments + "]"));
  };
  constexpr auto kText = R"({"type": "string"})";
  const std::string kX = R"("x")";
  EXPECT_THAT(
      of(R"("-e", "{x}", "/data")", kText),
      StartsWith("line 3: types[0].command[2] may be left out, and -e before it would then take what follows for "
                 "its value; write both as one argument, like --option={name}"));
  EXPECT_NE(of(R"("--rsh", {"argument": "{x}", "mayBeginWithDash": true})", kText), "");
  EXPECT_NE(of(R"("-o", "name={x}")", kText), "") << "the whole argument would be";
  EXPECT_NE(of(R"("-e", "{x}")", R"({"type": ["string", "null"]})", kX), "");
  EXPECT_NE(of(R"("-e", "{x}")", "{}", kX), "") << "it may be null";
  EXPECT_NE(of(R"("-e", "{x}")", R"({"type": "array"})", kX), "");
  EXPECT_NE(of(R"("-e", "{x}")", R"({"type": ["string", "null"], "default": "a"})"), "");
  EXPECT_EQ(of(R"("-e", "{x}")", kText, kX), "");
  EXPECT_EQ(of(R"("-e", "{x}")", R"({"type": "string", "default": "a"})"), "");
  EXPECT_EQ(of(R"("-e", "{x}")", R"({"type": "array", "minItems": 1})", kX), "");
  EXPECT_EQ(of(R"("-e", "{x}")", R"({"enum": ["a", "b"]})", kX), "");
  EXPECT_EQ(of(R"("-e", "a={x}")", R"({"type": "array"})", kX), "") << "an empty list is there";
  EXPECT_EQ(of(R"("--", "{x}")", kText), "");
  EXPECT_EQ(of(R"("-", "{x}")", kText), "");
  EXPECT_EQ(of(R"("name", "{x}")", kText), "");
  EXPECT_EQ(of(R"("--rsh={x}", "{x}")", kText), "");
  EXPECT_EQ(of(R"("--verbose", "--rsh={x}")", kText), "") << "an option of its own";
}

TEST(CommandFile, NamesTheMistakeOfAType) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"{\n]", "line 2: this is no JSON"},
      {"[]", "line 1: the file is like {\"types\":"},
      {R"({"types": {}})", "line 1: types is like {\"types\":"},
      {"{\"types\": [], \"more\": 1}", "line 1: the file is like"},
      {"{\"types\": [\n1]}", "line 2: types[0] is no object"},
      {"{\"types\": [\n{\"command\": [\"sh\"]}]}", "line 2: types[0] lacks type; add it"},
      {"{\"types\": [\n{\"type\": \"a\"}]}", "line 2: types[0] lacks command; add it"},
      {"{\"types\": [{\n\"type\": \"A b\"}]}", "line 2: types[0].type is 1 to 64 of a-z 0-9 . _ -"},
      {"{\"types\": [{\n\"type\": \"simulate\", \"command\": [\"sh\"]}]}",
       "line 2: types[0].type 'simulate' is a type of the engine's own"},
      {"{\"types\": [{\"type\": \"a\", \"command\": [\"sh\"]},\n{\"type\": \"a\", \"command\": [\"sh\"]}]}",
       "line 2: types[1].type 'a' is there twice"},
  };
  for (const auto& expected : cases) EXPECT_THAT(error_of(expected.text), StartsWith(expected.message));
}

TEST(CommandFile, LooksForAProgramInThePathOfTheEnvironment) {
  const TempDir dir;
  const auto program = dir / "backup";
  std::ofstream(program) << "#!/bin/sh\n";
  const auto text = type_with("\"environment\": {\"PATH\": \"/usr/bin:" + dir.path() + "\"}", R"(["backup"])");
  EXPECT_THAT(error_of(text), HasSubstr("there is no program 'backup' in /usr/bin:")) << "it may not be run";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  EXPECT_EQ(only(text).program, program);
}

TEST(CommandFile, KnowsTheUser) {
  if (geteuid() != 0) GTEST_SKIP() << "it takes root to run programs as another user";
  const auto command = only(type_with(R"("user": "nobody")"));
  ASSERT_TRUE(command.user);
  EXPECT_NE(command.user->id, 0U);
  EXPECT_THAT(command.user->groups, Contains(command.user->group));
  EXPECT_THAT(command.environment,
              AllOf(Contains("USER=nobody"), Contains("LOGNAME=nobody"), Contains(StartsWith("HOME=/"))));
}

TEST(CommandFile, NamesTheFile) {
  const TempDir dir;
  const auto path = dir / "commands.json";
  std::ofstream(path) << "{\n";
  EXPECT_THAT(read_commands(path, kTaken).error().message, StartsWith(path + ", line "));
  EXPECT_THAT(read_commands(dir / "none", kTaken).error().message,
              HasSubstr("none cannot be read: No such file or directory"));
  EXPECT_THAT(read_commands(dir.path(), kTaken).error().message,
              StartsWith(dir.path() + " cannot be read: Is a directory; name a file"));
  std::ofstream(dir / "empty");
  EXPECT_THAT(read_commands(dir / "empty", kTaken).error().message, HasSubstr("empty, line 1: this is no JSON"));
}

}  // namespace
}  // namespace taskwire::engine
