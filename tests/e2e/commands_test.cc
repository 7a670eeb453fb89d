// What `taskwire-engine` does besides serving.
#include <csignal>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

class CommandsTest : public testing::Test {
 protected:
  Ran engine(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program_path("taskwire-engine"));
    return run(std::move(arguments));
  }
};

TEST_F(CommandsTest, CheckALogThatIsInUseAndOneThatIsDamaged) {
  Services services;
  const std::string data = services.data.path() / "data";
  for (int i = 0; i < 20; ++i) ASSERT_EQ(post(services.edge.port(), "/publish/news", {{"n", i}}).status, 202);
  const auto whole = engine({"check", "--data-dir", data});
  EXPECT_EQ(whole.status, 0) << whole.output;
  EXPECT_NE(whole.output.find("20 events of 1 topics, and 0 tasks: all as it was written\n"), std::string::npos)
      << whole.output;
  services.engine.kill();
  const auto file = data + "/taskwire.db";
  EXPECT_EQ(engine({"check", "--data-dir", data}).status, 0) << "what the write-ahead log holds counts";
  services.engine.restart();
  services.engine.process().signal(SIGTERM);
  EXPECT_EQ(services.engine.process().wait(), 0);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 4096);
  const auto damaged = engine({"check", "--data-dir", data});
  EXPECT_EQ(damaged.status, 1);
  EXPECT_NE(damaged.output.find("the file is damaged: "), std::string::npos) << damaged.output;
  const auto nowhere = engine({"--data-dir", data + "/nowhere", "check"});
  EXPECT_EQ(nowhere.status, 1);
  EXPECT_NE(nowhere.output.find("nowhere/taskwire.db"), std::string::npos) << nowhere.output;
}

TEST_F(CommandsTest, ServeCheckAndBackUpALogOnADiskThatCanOnlyBeRead) {
  Services services;
  for (int i = 0; i < 5; ++i) ASSERT_EQ(post(services.edge.port(), "/publish/news", {{"n", i}}).status, 202);
  const std::string data = services.data.path() / "data";
  services.engine.process().signal(SIGTERM);
  ASSERT_EQ(services.engine.process().wait(), 0);
  if (mount(data.c_str(), data.c_str(), nullptr, MS_BIND, nullptr) != 0)
    GTEST_SKIP() << "it takes root to mount a folder: " << std::strerror(errno);
  ASSERT_EQ(mount(nullptr, data.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr), 0)
      << std::strerror(errno);
  const auto checked = engine({"check", "--data-dir", data});
  EXPECT_EQ(checked.status, 0) << checked.output;
  TemporaryFolder copies;
  const auto made = engine({"backup", copies.path() / "copy.db", "--data-dir", data});
  EXPECT_EQ(made.status, 0) << made.output;
  services.engine.restart();
  const auto events = [&] {
    const auto page = get(services.edge.port(), "/api/events/history?topic=channels/news");
    return page.status == 200 ? page.json()["events"].size() : 0;
  };
  EXPECT_TRUE(eventually([&] { return events() == 5; }));
  EXPECT_EQ(post(services.edge.port(), "/publish/news", {{"n", 5}}).status, 503);
  ASSERT_EQ(umount2(data.c_str(), MNT_DETACH), 0) << std::strerror(errno);
}

TEST_F(CommandsTest, BackUpALogThatIsWrittenAndGoBackToIt) {
  Services services;
  Stream stream(services.edge.port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  for (int i = 0; i < 20; ++i) ASSERT_EQ(post(services.edge.port(), "/publish/news", {{"n", i}}).status, 202);
  TemporaryFolder copies;
  const std::string copy = copies.path() / "taskwire.db";
  const std::string data = services.data.path() / "data";
  const auto made = engine({"backup", copy, "--data-dir", data});
  ASSERT_EQ(made.status, 0) << made.output;
  EXPECT_EQ(engine({"backup", copy, "--data-dir", data}).status, 1) << "it is there";
  EXPECT_EQ(engine({"backup", "--data-dir", data}).status, 2) << "no file is named";
  ASSERT_EQ(post(services.edge.port(), "/publish/news", {{"n", 20}}).status, 202);
  for (int i = 0; i < 21; ++i) ASSERT_TRUE(stream.next()) << i;
  const auto last = stream.last_event_id();

  services.engine.kill();
  for (const auto& file : std::filesystem::directory_iterator(data)) std::filesystem::remove(file);
  std::filesystem::copy_file(copy, data + "/taskwire.db");
  services.engine.restart();
  ASSERT_TRUE(eventually([&] { return post(services.edge.port(), "/publish/news", {{"n", "new"}}).status == 202; }));
  Stream again(services.edge.port(), "/stream/news", last);
  const auto reset = again.next("reset");
  ASSERT_TRUE(reset) << "the id was given out by the log of before";
  EXPECT_EQ(nlohmann::json::parse(reset->data)["reason"], "epoch");
  EXPECT_EQ(engine({"check", "--data-dir", data}).status, 0);
}

}  // namespace
}  // namespace taskwire::test
