#include "sources/host.h"

#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sstream>

#include "sources/now.h"

namespace taskwire::engine {
namespace {

class HostTest : public testing::Test {
 protected:
  HostTest() {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  }
  ~HostTest() override { spdlog::set_default_logger(before); }

  std::map<std::string, std::string> files = {{"/proc/stat", "cpu 10 0 0 90\n"},
                                              {"/proc/meminfo", "MemTotal: 8 kB\nMemAvailable: 3 kB\n"},
                                              {"/proc/loadavg", "0.42 0.3 0.2 1/1 1\n"}};
  Host source{
      [this](const std::string& path) { return files.contains(path) ? std::optional(files[path]) : std::nullopt; }};
  std::ostringstream log;
  std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
};

TEST_F(HostTest, TellsHowBusyTheMachineIsFromItsSecondReadingOn) {
  EXPECT_FALSE(source.read(kNow));
  files["/proc/stat"] = "cpu 35 0 0 265\n";
  const auto event = source.read(kNow);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->topic(), "channels/host");
  EXPECT_EQ(event->type(), "host");
  EXPECT_EQ(event->data(), R"({"cpuPercent":12.5,"memoryUsedBytes":5120,"memoryTotalBytes":8192,"load1":0.42,)"
                           R"("timestamp":"2026-01-02T10:30:45.123Z"})");
  EXPECT_EQ(log.str(), "");
}

TEST_F(HostTest, RoundsForPeople) {
  (void)source.read(kNow);
  files["/proc/stat"] = "cpu 11 0 0 92\n";
  EXPECT_EQ(nlohmann::json::parse(source.read(kNow)->data()).at("cpuPercent").get<double>(), 33.3);
}

TEST_F(HostTest, SaysOnceWhatCannotBeReadAndIsQuiet) {
  files.erase("/proc/meminfo");
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(source.read(kNow));
  const auto said = log.str();
  EXPECT_NE(said.find("/proc/meminfo cannot be read"), std::string::npos) << said;
  EXPECT_EQ(said.find("/proc/"), said.rfind("/proc/")) << said;
}

TEST_F(HostTest, SaysOnceWhatCannotBeUnderstood) {
  files["/proc/loadavg"] = "nonsense";
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(source.read(kNow));
  const auto said = log.str();
  EXPECT_NE(said.find("/proc/loadavg cannot be understood"), std::string::npos) << said;
  EXPECT_EQ(said.find("/proc/"), said.rfind("/proc/")) << said;
}

TEST_F(HostTest, GoesOnWhenAFileIsBack) {
  (void)source.read(kNow);
  const auto stat = std::exchange(files["/proc/stat"], "");
  EXPECT_FALSE(source.read(kNow));
  files["/proc/stat"] = stat;
  EXPECT_FALSE(source.read(kNow)) << "there is none to compare with";
  EXPECT_TRUE(source.read(kNow));
}

TEST(ReadSmallFile, ReadsThisMachinesFiles) {
  Host source(read_small_file);
  (void)source.read(kNow);
  EXPECT_TRUE(source.read(kNow));
  EXPECT_FALSE(read_small_file("/proc/nonsense"));
}

}  // namespace
}  // namespace taskwire::engine
