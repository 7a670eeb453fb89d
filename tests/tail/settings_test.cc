#include "tail/settings.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <initializer_list>
#include <vector>

namespace taskwire::tail {
namespace {

using testing::HasSubstr;

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() { forget(); }
  ~SettingsTest() override { forget(); }
  static void forget() {
    for (const auto* name : {"TASKWIRE_EDGE", "TASKWIRE_COUNT", "TASKWIRE_JSON", "TASKWIRE_NO_RETRY", "TASKWIRE_USER"})
      unsetenv(name);
  }

  std::optional<int> parse(std::initializer_list<const char*> arguments) {
    std::vector<const char*> argv = {"taskwire-tail"};
    argv.insert(argv.end(), arguments);
    settings = {};
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const auto status = parse_command_line(static_cast<int>(argv.size()), argv.data(), settings);
    error = testing::internal::GetCapturedStderr();
    output = testing::internal::GetCapturedStdout();
    return status;
  }

  Settings settings;
  std::string error, output;
};

TEST_F(SettingsTest, HaveDefaults) {
  ASSERT_EQ(parse({"tasks/alice"}), std::nullopt) << error;
  EXPECT_EQ(settings.target.authority, "localhost:8080");
  EXPECT_EQ(settings.target.path, "/api/events?topic=tasks/alice");
  EXPECT_EQ(settings.form, Settings::Form::automatic);
  EXPECT_FALSE(settings.count);
  EXPECT_TRUE(settings.retries);
}

TEST_F(SettingsTest, AreTakenFromFlags) {
  ASSERT_EQ(parse({"--edge", "edge:81", "--from", "now", "--types", "a,b", "--last-event-id", "e1-7", "--count", "3",
                   "--json", "--no-retry", "channels/news", "channels/host"}),
            std::nullopt)
      << error;
  EXPECT_EQ(settings.target.authority, "edge:81");
  EXPECT_EQ(settings.target.path, "/api/events?from=now&types=a,b&topic=channels/news&topic=channels/host");
  EXPECT_EQ(settings.last_event_id, "e1-7");
  EXPECT_EQ(settings.count, 3U);
  EXPECT_EQ(settings.form, Settings::Form::json);
  EXPECT_FALSE(settings.retries);
  ASSERT_EQ(parse({"--plain", "tasks/alice"}), std::nullopt);
  EXPECT_EQ(settings.form, Settings::Form::plain);
}

TEST_F(SettingsTest, AreTakenFromTheEnvironmentWhereNoFlagIs) {
  setenv("TASKWIRE_EDGE", "http://edge:81", 1);
  setenv("TASKWIRE_COUNT", "3", 1);
  setenv("TASKWIRE_JSON", "true", 1);
  setenv("TASKWIRE_NO_RETRY", "true", 1);
  ASSERT_EQ(parse({"--count", "4", "tasks/alice"}), std::nullopt) << error;
  EXPECT_EQ(settings.target.authority, "edge:81");
  EXPECT_EQ(settings.count, 4U);
  EXPECT_EQ(settings.form, Settings::Form::json);
  EXPECT_FALSE(settings.retries);
}

TEST_F(SettingsTest, HaveTheTokenForTheEdgeAlone) {
  setenv("TASKWIRE_TOKEN", "t0ken", 1);
  setenv("TASKWIRE_URL", "http://edge:81", 1);
  for (const auto* const own : {"tasks/alice", "/stream/news", "http://edge:81/stream/news"}) {
    ASSERT_EQ(parse({own}), std::nullopt) << error;
    EXPECT_EQ(settings.token, "t0ken") << own;
  }
  for (const auto* const other : {"http://other:81/stream/news", "http://edge/stream/news", "http://edge:8080/"}) {
    ASSERT_EQ(parse({other}), std::nullopt) << error;
    EXPECT_EQ(settings.token, "") << other;
  }
  ASSERT_EQ(parse({"--edge", "other:81", "http://other:81/stream/news"}), std::nullopt) << error;
  EXPECT_EQ(settings.token, "t0ken");
  unsetenv("TASKWIRE_TOKEN");
  unsetenv("TASKWIRE_URL");
}

TEST_F(SettingsTest, TellHelpAndVersion) {
  EXPECT_EQ(parse({"--help"}), 0);
  for (const auto* told : {"--last-event-id", "TASKWIRE_EDGE", "Exit status", "130"})
    EXPECT_THAT(output, HasSubstr(told));
  EXPECT_EQ(parse({"--version"}), 0);
  EXPECT_EQ(output, "0.1.0\n");
}

TEST_F(SettingsTest, FollowTheTasksOfWhoAsksWhereNothingElseIsNamed) {
  setenv("TASKWIRE_USER", "alice", 1);
  ASSERT_EQ(parse({"--url", "edge:81"}), std::nullopt) << error;
  EXPECT_EQ(settings.target.authority, "edge:81");
  EXPECT_EQ(settings.target.path, "/api/events?topic=tasks/alice");
  setenv("TASKWIRE_USER", "alice/k3v7qm2xw5ta", 1);
  EXPECT_EQ(parse({}), 2);
  EXPECT_THAT(error, HasSubstr("TASKWIRE_USER"));
}

TEST_F(SettingsTest, NameWhatIsWrong) {
  const struct {
    std::initializer_list<const char*> arguments;
    const char* told;
  } cases[] = {
      {{}, "TARGET"},
      {{"nonsense"}, "nonsense"},
      {{"--countt", "3", "tasks/alice"}, "--countt"},
      {{"--count", "0", "tasks/alice"}, "--count"},
      {{"--count", "x", "tasks/alice"}, "--count"},
      {{"--from", "then", "tasks/alice"}, "--from"},
      {{"--types", "a,,b", "tasks/alice"}, "--types"},
      {{"--types", "a b", "tasks/alice"}, "'a b'"},
      {{"--last-event-id", "a\r\nX: y", "tasks/alice"}, "--last-event-id"},
      {{"--edge", "https://edge", "tasks/alice"}, "https"},
      {{"--json", "--plain", "tasks/alice"}, "--plain"},
  };
  for (const auto& bad : cases) {
    EXPECT_EQ(parse(bad.arguments), 2) << bad.told;
    EXPECT_THAT(error, HasSubstr(bad.told));
    EXPECT_THAT(error, HasSubstr("--help"));
  }
}

}  // namespace
}  // namespace taskwire::tail
