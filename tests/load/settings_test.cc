#include "bench/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

namespace taskwire::bench {
namespace {

using testing::HasSubstr;

struct Parsed {
  std::optional<int> status;
  Settings settings;
  std::string error;
};

Parsed parse(std::vector<const char*> words) {
  words.insert(words.begin(), "taskwire-bench");
  Parsed parsed;
  testing::internal::CaptureStderr();
  parsed.status = parse_command_line(static_cast<int>(words.size()), words.data(), parsed.settings);
  parsed.error = testing::internal::GetCapturedStderr();
  return parsed;
}

TEST(Settings, HaveDefaultsByTheScenario) {
  const auto fan_out = parse({"fan-out"});
  EXPECT_EQ(fan_out.status, std::nullopt) << fan_out.error;
  EXPECT_EQ(fan_out.settings.readers, 1000U);
  EXPECT_EQ(fan_out.settings.channels, 1U);
  EXPECT_EQ(fan_out.settings.rate, 100);
  const auto channels = parse({"channels", "--readers", "30"});
  EXPECT_EQ(channels.settings.channels, 30U);
  EXPECT_EQ(channels.settings.rate, 0);
  EXPECT_EQ(parse({"slow", "--readers", "50"}).settings.stalled, 2U);
}

TEST(Settings, TakeWhatIsGiven) {
  const auto parsed = parse({"idle", "--readers", "7", "--channels", "7", "--time", "250ms", "--server-pid", "1",
                             "--server-pid", "2", "--server", "nchan", "--subscribe-url", "/x/{channel}"});
  EXPECT_EQ(parsed.status, std::nullopt) << parsed.error;
  EXPECT_EQ(parsed.settings.time, std::chrono::milliseconds(250));
  EXPECT_EQ(parsed.settings.server_pids, (std::vector<pid_t>{1, 2}));
  EXPECT_EQ(parsed.settings.templates.subscribe_url, "/x/{channel}");
  EXPECT_EQ(parsed.settings.templates.publish_url, "/pub/{channel}") << "what is not given stays";
}

TEST(Settings, AreRefusedWithTheFlagAndHowToMendIt) {
  const std::vector<std::pair<std::vector<const char*>, const char*>> cases = {
      {{}, "SCENARIO"},
      {{"nonsense"}, "nonsense not in {idle,"},
      {{"idle", "--readers", "0"}, "--readers: '0' is no whole number from 1 to 1000000"},
      {{"idle", "--readers", "10x"}, "--readers: '10x' is no whole number"},
      {{"idle", "--time", "soon"}, "--time: 'soon' is no time from 10ms to 1h; write for example 5s or 200ms"},
      {{"idle", "--bytes", "10"}, "--bytes: '10' is no whole number from 64 to 60000"},
      {{"fan-out", "--rate", "-1"}, "--rate"},
      {{"fan-out", "--nonsense"}, "--nonsense"},
      {{"fan-out", "--readers", "2", "--channels", "3"}, "--channels: 3 channels have no reader each"},
      {{"fan-out", "--subscribe-url", "/x"}, "--subscribe-url has no {channel}"},
      {{"polling", "--server", "nchan"}, "give --poll-url"},
      {{"fan-out", "--rate", "nan"}, "--rate: write a number"},
      {{"slow", "--rate", "0"}, "--rate: slow needs a rate above 0"},
      {{"slow", "--readers", "5", "--stalled", "5"}, "--stalled: some of --readers have to be healthy"},
      {{"idle", "--server-pid", "0"}, "--server-pid: write the number of a process"},
      {{"idle", "--url", "ftp://x"}, "ftp://x"}};
  for (const auto& [words, message] : cases) {
    const auto parsed = parse(words);
    EXPECT_EQ(parsed.status, 2) << message;
    EXPECT_THAT(parsed.error, HasSubstr(message));
    EXPECT_THAT(parsed.error, HasSubstr("(see --help)"));
  }
}

TEST(Settings, EndAtOnceAfterHelp) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--help"}).status, 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("Exit status:"));
}

}  // namespace
}  // namespace taskwire::bench
