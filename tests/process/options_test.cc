#include "process/options.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <initializer_list>
#include <string>
#include <vector>

namespace taskwire {
namespace {

using namespace std::chrono_literals;

class OptionsTest : public testing::Test {
 protected:
  ~OptionsTest() override { unsetenv("TASKWIRE_MAX_LAG"); }

  std::optional<int> parse(std::initializer_list<const char*> arguments) {
    Options options("program", "Does things");
    options.add_listen(listen);
    options.add_listen("--metrics-listen", metrics_listen, "metrics");
    options.add_number("--max-lag", max_lag, {0, 1'000'000}, "events");
    options.add_duration("--heartbeat", heartbeat, 1s, {10ms, 24h}, "silence");
    options.add_check([this]() -> std::optional<std::string> {
      if (max_lag != 13) return std::nullopt;
      return "--max-lag: 13 brings bad luck; take 12";
    });
    options.add_switch("--demo", demo, "demo");
    std::vector<const char*> argv = {"program"};
    argv.insert(argv.end(), arguments);
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const auto status = options.parse(static_cast<int>(argv.size()), argv.data());
    error = testing::internal::GetCapturedStderr();
    output = testing::internal::GetCapturedStdout();
    return status;
  }

  std::string listen = "127.0.0.1:8080";
  std::string metrics_listen;
  int max_lag = 1000;
  std::chrono::milliseconds heartbeat = 15s;
  bool demo = true;
  std::string error, output;
};

TEST_F(OptionsTest, PrefersFlagToEnvironmentToDefault) {
  setenv("TASKWIRE_MAX_LAG", "7", 1);
  EXPECT_EQ(parse({"--print-config"}), 0);
  EXPECT_EQ(max_lag, 7);
  EXPECT_EQ(parse({"--print-config", "--max-lag", "9"}), 0);
  EXPECT_EQ(max_lag, 9);
}

TEST_F(OptionsTest, PrintsTheSettingsInForce) {
  EXPECT_EQ(parse({"--print-config", "--heartbeat=1500ms", "--demo=false"}), 0);
  EXPECT_NE(output.find("1500ms"), std::string::npos) << output;
  EXPECT_FALSE(demo);
}

TEST_F(OptionsTest, NamesWhatItDoesNotKnow) {
  EXPECT_EQ(parse({"--max-lug", "9"}), 2);
  EXPECT_NE(error.find("--max-lug"), std::string::npos) << error;
}

TEST_F(OptionsTest, NamesTheFlagOfABadValue) {
  EXPECT_EQ(parse({"--max-lag", "many"}), 2);
  EXPECT_NE(error.find("--max-lag"), std::string::npos) << error;
  EXPECT_EQ(parse({"--heartbeat", "often"}), 2);
  EXPECT_NE(error.find("--heartbeat"), std::string::npos) << error;
  EXPECT_EQ(parse({"--listen", "8080"}), 2);
  EXPECT_NE(error.find("--listen"), std::string::npos) << error;
}

TEST_F(OptionsTest, TakesNoNumberForAnother) {
  for (const auto* text : {"99999999999999999999", "-1", "1000001", "0x10", "7.5", "7k", " 7", ""}) {
    const auto argument = std::string("--max-lag=") + text;
    EXPECT_EQ(parse({argument.c_str()}), 2) << text;
    EXPECT_NE(error.find("--max-lag"), std::string::npos) << error;
    EXPECT_EQ(max_lag, 1000) << text;
  }
  EXPECT_EQ(parse({"--max-lag=0", "--print-config"}), 0);
  EXPECT_EQ(max_lag, 0);
  EXPECT_EQ(parse({"--max-lag=010", "--print-config"}), 0);
  EXPECT_EQ(max_lag, 10);
}

TEST_F(OptionsTest, SaysWhichNumbersAndTimesItTakes) {
  EXPECT_EQ(parse({"--max-lag=1000001"}), 2);
  EXPECT_NE(error.find("from 0 to 1000000"), std::string::npos) << error;
  for (const auto* text : {"--heartbeat=0s", "--heartbeat=9ms", "--heartbeat=25h"}) {
    EXPECT_EQ(parse({text}), 2) << text;
    EXPECT_NE(error.find("from 10ms to 1d"), std::string::npos) << error;
  }
  EXPECT_EQ(parse({"--help"}), 0);
  EXPECT_NE(output.find("(0 to 1000000)"), std::string::npos) << output;
}

TEST_F(OptionsTest, RefusesToPrintWhatItRefusesToStartWith) {
  for (const auto* mistake :
       {"--max-lag=13", "--max-lag=99999999999999999999", "--heartbeat=0", "--listen=0.0.0.0:80"}) {
    EXPECT_EQ(parse({mistake}), 2) << mistake;
    const auto at_start = error;
    EXPECT_EQ(parse({mistake, "--print-config"}), 2) << mistake;
    EXPECT_EQ(error, at_start);
    EXPECT_EQ(output, "");
  }
}

TEST_F(OptionsTest, ListensBeyondLoopbackOnlyWhenTold) {
  EXPECT_EQ(parse({"--listen", "0.0.0.0:80"}), 2);
  EXPECT_NE(error.find("--insecure-no-auth"), std::string::npos) << error;
  EXPECT_EQ(parse({"--listen", "0.0.0.0:80", "--insecure-no-auth", "--print-config"}), 0);
  EXPECT_EQ(parse({"--listen", "[::1]:80", "--print-config"}), 0);
}

TEST_F(OptionsTest, HoldsAnotherAddressToTheSameRules) {
  EXPECT_EQ(parse({"--metrics-listen", "0.0.0.0:80"}), 2);
  EXPECT_NE(error.find("--metrics-listen: 0.0.0.0 can be reached from other machines"), std::string::npos) << error;
  EXPECT_EQ(parse({"--metrics-listen", "9090"}), 2);
  EXPECT_NE(error.find("--metrics-listen: '9090' is no address"), std::string::npos) << error;
  EXPECT_EQ(parse({"--metrics-listen", "localhost:9090", "--print-config"}), 0);
  EXPECT_EQ(metrics_listen, "localhost:9090");
  EXPECT_EQ(parse({"--metrics-listen", "0.0.0.0:80", "--insecure-no-auth", "--print-config"}), 0);
}

TEST(Address, IsHostAndPort) {
  EXPECT_EQ(parse_address("[::1]:80")->host, "::1");
  EXPECT_EQ(parse_address("localhost:0")->port, 0);
  for (const auto* text : {"", "80", ":80", "host:", "host:x", "host:70000", "::1:80", "[]:80"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
  EXPECT_EQ(to_string(Address{"::1", 80}), "[::1]:80");
}

TEST(Address, IsLoopbackOrNot) {
  for (const auto* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1"}) EXPECT_TRUE(is_loopback(host)) << host;
  for (const auto* host : {"0.0.0.0", "::", "10.0.0.1", "example.org", "127.0.0.1.example.org", ""})
    EXPECT_FALSE(is_loopback(host)) << host;
}

}  // namespace
}  // namespace taskwire
