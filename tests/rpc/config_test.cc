#include "rpc/config.h"

#include <gtest/gtest.h>
#include <initializer_list>
#include <vector>

namespace taskwire::rpc {
namespace {

class ConfigTest : public testing::Test {
 protected:
  std::optional<int> parse(std::initializer_list<const char*> arguments) {
    std::vector<const char*> argv = {"taskwire-engine", "--print-config"};
    argv.insert(argv.end(), arguments);
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const auto status = parse_config(static_cast<int>(argv.size()), argv.data(), config);
    testing::internal::GetCapturedStdout();
    error = testing::internal::GetCapturedStderr();
    return status;
  }

  Config config;
  std::string error;
};

TEST_F(ConfigTest, HasTheDefaultsOfTheContract) {
  EXPECT_EQ(parse({}), 0);
  EXPECT_EQ(config.listen, "127.0.0.1:50051");
  EXPECT_EQ(config.engine.store.data_dir, "./data");
  EXPECT_EQ(config.engine.store.durability, engine::Durability::full);
  EXPECT_FALSE(config.engine.store.new_epoch);
  EXPECT_TRUE(config.engine.demo_sources);
  EXPECT_EQ(config.engine.runner.workers, 16U);
  EXPECT_EQ(config.engine.runner.progress_interval, std::chrono::milliseconds(100));
  EXPECT_EQ(config.engine.log.tail.events, 100'000U);
  EXPECT_EQ(config.engine.log.tail.bytes, std::size_t{64} << 20);
}

TEST_F(ConfigTest, TakesEachFlag) {
  EXPECT_EQ(parse({"--listen=127.0.0.1:0", "--data-dir=/x", "--durability=normal", "--new-epoch", "--files-root=/y",
                   "--workers=3", "--max-queued-tasks=5", "--max-waiting-reads=7", "--progress-interval=1s",
                   "--tail-events=7", "--tail-bytes=9", "--demo-sources=false"}),
            0)
      << error;
  EXPECT_EQ(config.listen, "127.0.0.1:0");
  EXPECT_EQ(config.engine.store.data_dir, "/x");
  EXPECT_EQ(config.engine.store.durability, engine::Durability::normal);
  EXPECT_TRUE(config.engine.store.new_epoch);
  EXPECT_EQ(config.engine.files_root, "/y");
  EXPECT_EQ(config.engine.runner.workers, 3U);
  EXPECT_EQ(config.engine.scheduler.most_waiting, 5U);
  EXPECT_EQ(config.engine.reads.waiting, 7U);
  EXPECT_EQ(config.engine.runner.progress_interval, std::chrono::seconds(1));
  EXPECT_EQ(config.engine.log.tail.events, 7U);
  EXPECT_EQ(config.engine.log.tail.bytes, 9U);
  EXPECT_FALSE(config.engine.demo_sources);
}

TEST_F(ConfigTest, NamesTheFlagOfABadValue) {
  for (const auto* const argument : {"--durability=some", "--workers=0", "--max-waiting-reads=0", "--workers=x",
                                     "--tail-events=0", "--tail-bytes=-1"}) {
    EXPECT_EQ(parse({argument}), 2) << argument;
    const std::string flag(argument, std::string_view(argument).find('='));
    EXPECT_NE(error.find(flag), std::string::npos) << error;
  }
}

}  // namespace
}  // namespace taskwire::rpc
