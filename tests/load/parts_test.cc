#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/network.h"
#include "bench/process_usage.h"
#include "bench/report.h"
#include "bench/schedule.h"

namespace taskwire::bench {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(SourceAddress, ChangesBeforePortsRunOut) {
  const auto near = resolve("127.0.0.1", "80").value();
  EXPECT_EQ(source_address(0, near), std::nullopt);
  EXPECT_EQ(source_address(kConnectionsPerSource - 1, near), std::nullopt);
  EXPECT_EQ(source_address(kConnectionsPerSource, near), ntohl(inet_addr("127.0.0.2")));
  EXPECT_EQ(source_address(3 * kConnectionsPerSource, near), ntohl(inet_addr("127.0.0.4")));
  const auto far = resolve("192.0.2.1", "80").value();
  EXPECT_EQ(source_address(kConnectionsPerSource, far), std::nullopt) << "other machines do not know our loopback";
}

TEST(Descriptors, AreRefusedWithWhatToDo) {
  EXPECT_EQ(ensure_descriptors(1), std::nullopt);
  const auto wrong = ensure_descriptors(4'000'000'000);
  ASSERT_TRUE(wrong);
  EXPECT_THAT(*wrong, HasSubstr("ulimit -n 4000000064"));
}

TEST(Schedule, KeepsToItsTimesHoweverLateTheyAreTaken) {
  Schedule schedule;
  schedule.start(1000, 4);
  EXPECT_EQ(schedule.next(), 1000);
  EXPECT_EQ(schedule.take(5 * kSecond), 1000);
  EXPECT_EQ(schedule.take(5 * kSecond), 1000 + kSecond / 4);
  EXPECT_EQ(schedule.next(), 1000 + kSecond / 2);
}

TEST(Schedule, IsDueWhenAskedWhereThereIsNoRate) {
  Schedule schedule;
  schedule.start(1000, 0);
  EXPECT_FALSE(schedule.is_paced());
  EXPECT_EQ(schedule.take(5000), 5000);
  EXPECT_EQ(schedule.take(6000), 6000);
}

TEST(ProcessUsage, KnowsAProcessAndItsChildren) {
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  const ProcessUsage usage({getpid()});
  EXPECT_THAT(usage.processes(), Contains(child));
  EXPECT_GT(usage.cpu().value_or(0), 0);
  EXPECT_GT(usage.memory().value_or(0), 0U);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(ProcessUsage({child}).cpu(), std::nullopt);
}

TEST(Report, TellsProgramsAndPeopleTheSame) {
  Report report;
  report.add("streams", "streams open", 5.0);
  report.add("cpu", "CPU", std::optional<double>());
  const Settings settings{.scenario = "idle"};
  EXPECT_EQ(verdict(report), ExitStatus::ok);
  EXPECT_THAT(to_text(report, settings), HasSubstr("each reader got each event once"));
  report.faults.missing = 3;
  report.cut = 1;
  EXPECT_EQ(verdict(report), ExitStatus::faulty);
  EXPECT_THAT(to_text(report, settings), HasSubstr("NOT each reader got each event once"));
  const auto json = nlohmann::json::parse(to_json(report, settings));
  EXPECT_EQ(json["figures"], nlohmann::json({{"streams", 5}}));
  EXPECT_EQ(json["faults"]["missing"], 3);
  EXPECT_EQ(json["faults"]["cut"], 1);
  EXPECT_EQ(json["exact"], false);
}

}  // namespace
}  // namespace taskwire::bench
