#include "net/config.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

using namespace std::chrono_literals;

class EdgeConfigTest : public testing::Test {
 protected:
  std::optional<int> parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "taskwire-edge");
    config = {};
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const auto status = parse_command_line(static_cast<int>(arguments.size()), arguments.data(), config);
    output = testing::internal::GetCapturedStdout();
    error = testing::internal::GetCapturedStderr();
    return status;
  }

  Config config;
  std::string output, error;
};

TEST_F(EdgeConfigTest, HasTheDefaultsOfTheContract) {
  EXPECT_EQ(parse({"--print-config"}), 0) << error;
  EXPECT_EQ(config.listen, "localhost:8080");
  EXPECT_EQ(config.engine, "127.0.0.1:50051");
  EXPECT_EQ(config.heartbeat, 15s);
  EXPECT_EQ(config.retry_min, 1s);
  EXPECT_EQ(config.retry_max, 3s);
  EXPECT_EQ(config.max_lag, 1000);
  EXPECT_EQ(config.keep_alive, 75s);
  EXPECT_EQ(config.max_header_bytes, 65'536U);
}

TEST_F(EdgeConfigTest, TakesEachFlag) {
  EXPECT_EQ(parse({"--print-config",        "--listen=[::1]:0",
                   "--reuse-port",          "--engine=engine:1",
                   "--web-root=/x",         "--shards=256",
                   "--heartbeat=10ms",      "--retry-min=1ms",
                   "--retry-max=1ms",       "--engine-grace=0s",
                   "--stall-timeout=100ms", "--drain=0s",
                   "--max-lag=0",           "--hub-events=1",
                   "--hub-bytes=1",         "--allowed-host=a,b",
                   "--allowed-host=c",      "--cors-origin=https://a",
                   "--max-connections=1",   "--max-header-bytes=1024",
                   "--max-body-bytes=1024", "--request-timeout=100ms",
                   "--keep-alive=1h",       "--long-request-timeout=1h"}),
            0)
      << error;
  EXPECT_TRUE(config.reuse_port);
  EXPECT_EQ(config.shards, 256U);
  EXPECT_EQ(config.engine_grace, 0s);
  EXPECT_EQ(config.max_lag, 0);
  EXPECT_EQ(config.allowed_hosts, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(config.cors_origins, (std::vector<std::string>{"https://a"}));
  EXPECT_EQ(config.keep_alive, 1h);
}

TEST_F(EdgeConfigTest, RefusesToStartAndToPrintWhatCannotWork) {
  for (const auto* argument : {"--listen=8080",
                               "--listen=localhost:65536",
                               "--listen=0.0.0.0:80",
                               "--engine=engine",
                               "--engine=:1",
                               "--engine=a:0",
                               "--engine=http://a:1",
                               "--shards=2000",
                               "--shards=-1",
                               "--shards=99999999999999999999",
                               "--heartbeat=0",
                               "--heartbeat=31s",
                               "--retry-min=4s",
                               "--retry-max=0",
                               "--retry-max=2h",
                               "--engine-grace=2d",
                               "--stall-timeout=0s",
                               "--drain=2h",
                               "--max-lag=-1",
                               "--max-lag=99999999999999999999",
                               "--max-lag=1e3",

                               "--hub-events=0",
                               "--hub-events=99999999999999999999",
                               "--hub-bytes=0",
                               "--hub-bytes=18446744073709551616",
                               "--max-connections=0",
                               "--max-connections=18446744073709551617",
                               "--max-connections-per-address=-1",
                               "--max-connections-per-user=x",
                               "--max-request-rate-per-address=-1",
                               "--max-stream-rate-per-address=0.5",
                               "--max-engine-calls=0",
                               "--trusted-proxy=proxy",
                               "--trusted-proxy=10.0.0.0/33",
                               "--trusted-proxy=::1,10.0.0",
                               "--max-header-bytes=1023",
                               "--max-header-bytes=4294968320",
                               "--max-body-bytes=0",
                               "--max-body-bytes=1073741824",
                               "--request-timeout=0s",
                               "--request-timeout=10y",
                               "--keep-alive=0s",
                               "--long-request-timeout=0s",
                               "--allowed-host=a:8080",
                               "--allowed-host=https://a",
                               "--allowed-host=*.a",
                               "--allowed-host=a,b/",
                               "--cors-origin=null",
                               "--cors-origin=*",
                               "--cors-origin=https://a/",
                               "--cors-origin=a",
                               "--cors-origin=https://A",
                               "--cors-origin=https://a:443"}) {
    const std::string flag(argument, std::string_view(argument).find('='));
    EXPECT_EQ(parse({argument}), 2) << argument;
    EXPECT_NE(error.find(flag), std::string::npos) << argument << ": " << error;
    const auto at_start = error;
    EXPECT_EQ(parse({argument, "--print-config"}), 2) << argument;
    EXPECT_EQ(error, at_start);
    EXPECT_EQ(output, "") << argument;
  }
}

}  // namespace
}  // namespace taskwire::edge
