#include "rpc/config.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
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
    config = Config();
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
  EXPECT_EQ(config.listen, "localhost:50051");
  EXPECT_EQ(config.metrics_listen, "");
  EXPECT_EQ(config.engine.store.data_dir, "./data");
  EXPECT_EQ(config.engine.store.durability, engine::Durability::full);
  EXPECT_FALSE(config.engine.store.new_epoch);
  EXPECT_TRUE(config.engine.demo_sources);
  EXPECT_EQ(config.server.connections, 1000U);
  EXPECT_EQ(config.server.calls_per_connection, 1000U);
  EXPECT_EQ(config.server.calls.calls, 2000U);
  EXPECT_EQ(config.server.calls.watches, 5000U);
  EXPECT_EQ(config.engine.runner.workers, 16U);
  EXPECT_EQ(config.engine.runner.progress_interval, std::chrono::milliseconds(100));
  EXPECT_EQ(config.engine.log.tail.events, 100'000U);
  EXPECT_EQ(config.engine.log.tail.bytes, std::size_t{64} << 20);
}

TEST_F(ConfigTest, TakesEachFlag) {
  EXPECT_EQ(parse({"--listen=127.0.0.1:0", "--metrics-listen=[::1]:0", "--data-dir=/tmp/x", "--durability=normal",
                   "--new-epoch", "--files-root=/tmp", "--workers=3", "--max-queued=5", "--max-waiting-reads=7",
                   "--progress-interval=1s", "--tail-events=700", "--tail-bytes=9", "--demo-sources=false",
                   "--max-connections=2", "--max-calls-per-connection=4", "--max-calls=6", "--max-watches=8"}),
            0)
      << error;
  EXPECT_EQ(config.listen, "127.0.0.1:0");
  EXPECT_EQ(config.metrics_listen, "[::1]:0");
  EXPECT_EQ(config.engine.store.data_dir, "/tmp/x");
  EXPECT_EQ(config.engine.store.durability, engine::Durability::normal);
  EXPECT_TRUE(config.engine.store.new_epoch);
  EXPECT_EQ(config.engine.files_root, "/tmp");
  EXPECT_EQ(config.engine.runner.workers, 3U);
  EXPECT_EQ(config.engine.scheduler.most_waiting, 5U);
  EXPECT_EQ(config.engine.reads.waiting, 7U);
  EXPECT_EQ(config.engine.runner.progress_interval, std::chrono::seconds(1));
  EXPECT_EQ(config.engine.log.tail.events, 700U);
  EXPECT_EQ(config.engine.log.tail.bytes, 9U);
  EXPECT_FALSE(config.engine.demo_sources);
  EXPECT_EQ(config.server.connections, 2U);
  EXPECT_EQ(config.server.calls_per_connection, 4U);
  EXPECT_EQ(config.server.calls.calls, 6U);
  EXPECT_EQ(config.server.calls.watches, 8U);
}

TEST_F(ConfigTest, KeepsAndRunsSoMuchByDefaultAsTheContractSays) {
  EXPECT_EQ(parse({}), 0);
  const auto& retention = config.engine.retention;
  EXPECT_EQ(retention.tasks, std::chrono::days(7));
  EXPECT_EQ(retention.tasks_per_user, 1000U);
  EXPECT_EQ(retention.messages, std::chrono::days(7));
  EXPECT_EQ(retention.channels, std::chrono::hours(24));
  EXPECT_EQ(retention.updates, std::chrono::hours(24));
  EXPECT_EQ(retention.deletions, std::chrono::days(7));
  EXPECT_EQ(retention.per_topic, 10'000U);
  EXPECT_EQ(retention.bytes, std::int64_t{4} << 30);
  EXPECT_EQ(retention.output_bytes, std::int64_t{4} << 30);
  EXPECT_EQ(config.engine.output.all, 8U << 20);
  EXPECT_EQ(config.engine.leases.lease, std::chrono::seconds(30));
  EXPECT_EQ(config.engine.leases.cancel_grace, std::chrono::seconds(60));
}

TEST_F(ConfigTest, TakesWhatIsKeptAndWhatRuns) {
  EXPECT_EQ(parse({"--retain-tasks=1h", "--retain-tasks-per-user=2", "--retain-messages=3h", "--retain-channels=4h",
                   "--retain-updates=5h", "--retain-deletions=6h", "--retain-per-topic=7", "--retain-bytes=8",
                   "--retain-output=9", "--retain-output-bytes=10", "--max-running=11", "--max-running-per-user=12",
                   "--max-queued-per-user=13", "--cancel-grace=14s", "--max-leases=15", "--max-leases-per-user=16",
                   "--max-claims=17"}),
            0)
      << error;
  const auto& engine = config.engine;
  EXPECT_EQ(engine.retention.tasks, std::chrono::hours(1));
  EXPECT_EQ(engine.retention.tasks_per_user, 2U);
  EXPECT_EQ(engine.retention.messages, std::chrono::hours(3));
  EXPECT_EQ(engine.retention.channels, std::chrono::hours(4));
  EXPECT_EQ(engine.retention.updates, std::chrono::hours(5));
  EXPECT_EQ(engine.retention.deletions, std::chrono::hours(6));
  EXPECT_EQ(engine.retention.per_topic, 7U);
  EXPECT_EQ(engine.retention.bytes, 8);
  EXPECT_EQ(engine.output.all, 9U);
  EXPECT_EQ(engine.retention.output_bytes, 10);
  EXPECT_EQ(engine.scheduler.most_running, 11U);
  EXPECT_EQ(engine.scheduler.most_running_of_user, 12U);
  EXPECT_EQ(engine.scheduler.most_waiting_of_user, 13U);
  EXPECT_EQ(engine.leases.cancel_grace, std::chrono::seconds(14));
  EXPECT_EQ(engine.leases.most, 15U);
  EXPECT_EQ(engine.leases.most_of_user, 16U);
  EXPECT_EQ(engine.most_claims, 17U);
}

TEST_F(ConfigTest, RefusesToKeepUpdatesLongerThanDeletions) {
  EXPECT_EQ(parse({"--retain-updates=8d"}), 2);
  EXPECT_NE(error.find("--retain-deletions: shorter than --retain-updates"), std::string::npos) << error;
  EXPECT_EQ(parse({"--retain-updates=8d", "--retain-deletions=8d"}), 0) << error;
}

TEST_F(ConfigTest, NamesTheFlagOfABadValue) {
  for (const auto* const argument : {"--durability=some",
                                     "--workers=0",
                                     "--workers=x",
                                     "--workers=1025",
                                     "--max-queued=99999999999999999999",
                                     "--progress-interval=11m",
                                     "--progress-interval=soon",
                                     "--tail-events=99",
                                     "--tail-bytes=-1",
                                     "--tail-bytes=18446744073709551617",
                                     "--listen=127.0.0.1:65536",
                                     "--files-root=/nope",
                                     "--files-root=/etc/passwd",
                                     "--files-root=",
                                     "--commands=/nope",
                                     "--commands=/etc/passwd",
                                     "--data-dir=/etc/passwd",
                                     "--data-dir=/etc/passwd/x",
                                     "--data-dir=",
                                     "--max-connections=0",
                                     "--max-calls-per-connection=x",
                                     "--max-calls=0",
                                     "--max-watches=0"}) {
    EXPECT_EQ(parse({argument}), 2) << argument;
    const std::string flag(argument, std::string_view(argument).find('='));
    EXPECT_NE(error.find(flag), std::string::npos) << error;
  }
}

TEST_F(ConfigTest, ReadsTheFileOfCommands) {
  const auto file = std::filesystem::path(testing::TempDir()) / "taskwire-config-test.json";
  std::ofstream(file) << R"({"types": [{"type": "a", "command": ["sh"]}]})";
  EXPECT_EQ(parse({("--commands=" + file.string()).c_str()}), 0) << error;
  ASSERT_EQ(config.engine.commands.size(), 1U);
  EXPECT_EQ(config.engine.commands[0].type, "a");
  std::ofstream(file) << R"({"types": [{"type": "simulate", "command": ["sh"]}]})";
  EXPECT_EQ(parse({("--commands=" + file.string()).c_str()}), 2);
  EXPECT_NE(error.find("--commands: " + file.string() + ", line 1: types[0].type 'simulate' is a type of the engine's"),
            std::string::npos)
      << error;
  std::filesystem::remove(file);
}

TEST_F(ConfigTest, DoesNotTakeTheLeaseOfATaskForATime) {
  setenv("TASKWIRE_LEASE", "5s", 1);
  EXPECT_EQ(parse({}), 0) << error;
  EXPECT_EQ(config.engine.leases.lease, std::chrono::seconds(5));
  setenv("TASKWIRE_LEASE", "0123456789abcdef0123456789abcdef", 1);
  EXPECT_EQ(parse({}), 0) << error;
  EXPECT_EQ(config.engine.leases.lease, Config().engine.leases.lease);
  EXPECT_EQ(parse({"--lease=6s"}), 0) << error;
  EXPECT_EQ(config.engine.leases.lease, std::chrono::seconds(6));
  setenv("TASKWIRE_LEASE", "soon", 1);
  EXPECT_EQ(parse({}), 2);
  unsetenv("TASKWIRE_LEASE");
}

TEST_F(ConfigTest, MakesNoFolderToJudgeIt) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "taskwire-config-test" / "data";
  EXPECT_EQ(parse({("--data-dir=" + folder.string()).c_str()}), 0) << error;
  EXPECT_FALSE(std::filesystem::exists(folder.parent_path()));
}

}  // namespace
}  // namespace taskwire::rpc
