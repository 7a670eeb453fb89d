// What becomes of a command whose server misbehaves, or whose task is lost.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "taskwire/fake_server.h"
#include "taskwire/running.h"

namespace taskwire::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// A pipe by name that a script waits at.
class Gate {
 public:
  Gate() { EXPECT_EQ(run({"mkfifo", path()}).status, 0); }
  [[nodiscard]] std::string path() const { return (folder_.path() / "go").string(); }
  /// Of a script: it goes on once somebody opens.
  [[nodiscard]] std::string wait() const { return "read x <'" + path() + "'; "; }
  void open() const { std::ofstream(path()) << "go\n"; }

 private:
  TemporaryFolder folder_;
};

TEST(RunAndItsServer, ATaskThatWasLostIsTriedAgain) {
  FakeServer server;
  Gate gate;
  Apart ran(run_command(server.url(), {}, sh("echo one; " + gate.wait() + "echo two; echo '40%'")));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "one\n"; }));
  server.lose_lease();
  gate.open();
  EXPECT_EQ(ran.wait(), 0) << ran.err();
  const auto told = server.told();
  ASSERT_EQ(told.retries.size(), 1U);
  EXPECT_EQ(told.retries[0]["claim"], true);
  EXPECT_EQ(told.retries[0]["worker"], told.start["worker"]);
  EXPECT_EQ(told.output, "one\ntwo\n40%\n") << "what is left begins anew";
  EXPECT_EQ(told.output_next, 8U);
  EXPECT_EQ(told.progress["percent"], 40);
  ASSERT_EQ(told.finishes.size(), 1U);
  EXPECT_EQ(told.finishes[0]["lease"], "secret2");
}

TEST(RunAndItsServer, ATaskThatWasLostAtItsEndIsTriedAgain) {
  FakeServer server;
  Gate gate;
  Apart ran(run_command(server.url(), {}, sh("echo one; " + gate.wait() + "exit 3")));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "one\n"; }));
  ran.process().signal(SIGSTOP);
  server.lose_lease();
  ran.process().signal(SIGCONT);
  gate.open();
  EXPECT_EQ(ran.wait(), 3);
  EXPECT_EQ(server.told().retries.size(), 1U);
  EXPECT_EQ(server.told().finishes.at(0)["error"]["message"], "exit status 3");
}

TEST(RunAndItsServer, ATaskThatSomebodyCancelledMeanwhileIsStopped) {
  FakeServer server;
  server.set({.status = "cancelled"});
  Apart ran(run_command(server.url(), {}, sh("echo one; exec sleep 1000")));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "one\n"; }));
  server.lose_lease();
  EXPECT_EQ(ran.wait(), 128 + SIGTERM);
  EXPECT_TRUE(server.told().retries.empty());
}

TEST(RunAndItsServer, ASlowWayGetsLessAtATime) {
  FakeServer server;
  // A try has a second, and the first one, of 64 KiB, would take longer; all in one more than five.
  server.set({.bytes_per_second = 50'000, .lease_ms = 3000});
  Apart ran(run_command(server.url(), {"--wait", "5s"}, sh("head -c 300000 /dev/zero | tr '\\0' x; exit 3")));
  EXPECT_EQ(ran.wait(), 3);
  EXPECT_EQ(server.told().output, std::string(300'000, 'x'));
  EXPECT_EQ(server.told().finishes.size(), 1U);
}

/// What `seq` prints.
std::string numbers(int last) {
  std::string text;
  for (int i = 1; i <= last; ++i) text += std::to_string(i) + "\n";
  return text;
}

bool has_no_number(const json& report) {
  return !report.contains("seq");
}

/// Whether reports by two connections have begun.
bool is_told_by_two(const FakeServer::Told& told) {
  return std::count_if(told.reports.begin(), told.reports.end(), has_no_number) >= 2;
}

TEST(RunAndItsServer, MuchThatIsLeftAtTheEndIsToldByTwoConnections) {
  FakeServer server;
  Apart ran(run_command(server.url(), {"--wait", "10s"}, {"seq", "400000"}));
  EXPECT_EQ(ran.wait(), 0);
  const auto told = server.told();
  EXPECT_EQ(told.output, numbers(400'000));
  EXPECT_EQ(told.finishes.size(), 1U);
  EXPECT_GT(std::count_if(told.reports.begin(), told.reports.end(), has_no_number), 2);
}

TEST(RunAndItsServer, AReportThatCameBeforeTheOneBeforeItIsToldAgain) {
  for (const std::size_t gaps : {1, 2, 7}) {
    FakeServer server;
    server.set({.finds_gaps = gaps});
    Apart ran(run_command(server.url(), {"--wait", "10s"}, {"seq", "400000"}));
    EXPECT_EQ(ran.wait(), 0);
    EXPECT_EQ(server.told().output, numbers(400'000)) << gaps;
    EXPECT_EQ(server.told().finishes.size(), 1U);
  }
}

TEST(RunAndItsServer, WhatWasTakenWithoutAnAnswerIsNotToldTwice) {
  for (const std::size_t forgotten : {1, 2, 3, 4, 5}) {
    FakeServer server;
    Gate gate;
    Apart ran(run_command(server.url(), {"--wait", "10s"}, sh("echo 0; " + gate.wait() + "seq 400000")));
    ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "0\n"; }));
    server.set({.forgets_answers = forgotten});
    gate.open();
    EXPECT_EQ(ran.wait(), 0);
    EXPECT_EQ(server.told().output, "0\n" + numbers(400'000)) << forgotten;
    EXPECT_EQ(server.told().finishes.size(), 1U);
  }
}

TEST(RunAndItsServer, AServerThatGoesWhileTheRestIsToldGetsTheRestLater) {
  FakeServer server;
  Apart ran(run_command(server.url(), {"--wait", "20s"}, {"seq", "400000"}));
  ASSERT_TRUE(server.wait_until(is_told_by_two));
  server.go_away();
  server.come_back();
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_EQ(server.told().output, numbers(400'000));
  EXPECT_EQ(server.told().finishes.size(), 1U);
}

TEST(RunAndItsServer, ATaskThatIsLostWhileTheRestIsToldIsTriedAgainWithWhatIsLeft) {
  FakeServer server;
  Apart ran(run_command(server.url(), {"--wait", "10s"}, {"seq", "600000"}));
  ASSERT_TRUE(server.wait_until(is_told_by_two));
  server.lose_lease();
  EXPECT_EQ(ran.wait(), 0);
  const auto told = server.told();
  EXPECT_EQ(told.retries.size(), 1U);
  EXPECT_EQ(told.output, numbers(600'000));
  ASSERT_EQ(told.finishes.size(), 1U);
  EXPECT_EQ(told.finishes[0]["lease"], "secret2");
}

TEST(RunAndItsServer, AServerThatFallsSilentWhileTheRestIsToldIsWaitedForAsLongAsSaid) {
  FakeServer server;
  Apart ran(run_command(server.url(), {"--wait", "1s"}, {"seq", "600000"}));
  ASSERT_TRUE(server.wait_until(is_told_by_two));
  server.set({.is_silent = true});
  const auto begin = Clock::now();
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(4)) << "a request of its own waits longer";
  EXPECT_THAT(server.told().finishes, testing::IsEmpty());
}

TEST(RunAndItsServer, AResultThatIsRefusedStillEndsTheTask) {
  FakeServer server;
  server.set({.takes_results = false});
  Apart ran(run_command(server.url(), {}, {"true"}));
  EXPECT_EQ(ran.wait(), 0);
  ASSERT_EQ(server.told().finishes.size(), 1U);
  EXPECT_EQ(server.told().finishes[0]["error"],
            json({{"reason", "RESULT_TOO_LARGE"}, {"message", "the result is too large"}, {"retryable", false}}));
}

TEST(RunAndItsServer, AMalformedAnswerDoesNotDisturb) {
  FakeServer server;
  server.set({.lease_ms = "30000", .tells_place = false});
  Apart ran(run_command(server.url(), {}, sh("echo one; exit 4")));
  EXPECT_EQ(ran.wait(), 4) << ran.err();
  EXPECT_EQ(ran.err(), "");
  EXPECT_EQ(server.told().finishes.size(), 1U);
}

TEST(RunAndItsServer, OutputThatIsNotTakenIsNotSentForEver) {
  FakeServer server;
  server.set({.tells_place = false});
  Gate gate;
  Apart ran(run_command(server.url(), {}, sh("echo one; " + gate.wait() + "echo '70%'")));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.reports.size() >= 3; }));
  gate.open();
  EXPECT_EQ(ran.wait(), 0);
  std::size_t with_output = 0;
  for (const auto& report : server.told().reports) with_output += report.contains("output") ? 1 : 0;
  EXPECT_EQ(with_output, 3U);
  EXPECT_EQ(server.told().progress["percent"], 70);
}

TEST(RunAndItsServer, ASilentServerIsWaitedForAsLongAsSaid) {
  FakeServer server;
  Gate gate;
  Apart ran(run_command(server.url(), {"--wait", "100ms"}, sh("echo one; " + gate.wait())));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "one\n"; }));
  server.set({.is_silent = true});
  const auto begin = Clock::now();
  gate.open();
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(4)) << "a request has five";
}

TEST(RunAndItsServer, AServerIsAskedNoSoonerThanItWants) {
  FakeServer server;
  Gate gate;
  Apart ran(run_command(server.url(), {}, sh("echo one; " + gate.wait())));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "one\n"; }));
  server.set({.is_failing = true, .retry_after_s = 1});
  const auto before = server.told().report_times.size();
  ASSERT_TRUE(server.wait_until([&](const auto& told) { return told.report_times.size() >= before + 3; }));
  const auto times = server.told().report_times;
  EXPECT_GE(times[before + 1] - times[before], std::chrono::seconds(1));
  EXPECT_GE(times[before + 2] - times[before + 1], std::chrono::seconds(1));
  server.set({});
  gate.open();
  EXPECT_EQ(ran.wait(), 0);
}

TEST(RunAndItsServer, OutputIsTakenThoughProgressIsNot) {
  FakeServer server;
  server.set({.takes_progress = false});
  Apart ran(run_command(server.url(), {}, sh("echo '30%'; echo two; exit 3")));
  EXPECT_EQ(ran.wait(), 3);
  EXPECT_EQ(server.told().output, "30%\ntwo\n");
  EXPECT_EQ(server.told().finishes.size(), 1U);
}

TEST(RunAndItsServer, ASignOfLifeThatIsRefusedChangesNothing) {
  FakeServer server;
  server.set({.takes_progress = false});
  Apart ran(run_command(server.url(), {},
                        {"python3", "-c",
                         "import os,socket\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\n"
                         "s.sendto(b'WATCHDOG=1', os.environ['NOTIFY_SOCKET'])\nprint('two')"}));
  EXPECT_EQ(ran.wait(), 0) << ran.err();
  EXPECT_EQ(server.told().output, "two\n");
  EXPECT_EQ(server.told().finishes.size(), 1U);
}

TEST(RunAndItsServer, ACommandThatTellsItsProgressIsNotTalkedOver) {
  FakeServer server;
  Apart ran(run_command(server.url(), {},
                        {"python3", "-c",
                         "import fcntl,os,socket,termios\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\n"
                         "s.sendto(b'X_TASKWIRE=1\\nSTATUS=no', os.environ['NOTIFY_SOCKET'])\n"
                         "while any(fcntl.ioctl(s,termios.TIOCOUTQ,bytes(4))): os.sched_yield()\n"  // it was read
                         "print('50%')"}));
  EXPECT_EQ(ran.wait(), 0) << ran.err();
  EXPECT_EQ(server.told().progress, json::object());
  EXPECT_EQ(server.told().output, "50%\n");
}

TEST(RunAndItsServer, WhatIsRefusedForGoodIsSaidWithoutATerminalToo) {
  FakeServer server;
  server.set({.refuses_starts = true});
  Apart ran(run_command(server.url(), {}, sh("echo out; exit 3")));
  EXPECT_EQ(ran.wait(), 3);
  EXPECT_EQ(ran.out(), "out\n");
  EXPECT_THAT(ran.err(), HasSubstr("was not told of this command: there is no such type"));
}

TEST(RunAndItsServer, TheEndIsTellableAsJson) {
  FakeServer server;
  Apart ran(run_command(server.url(), {"--json"}, sh("exit 3")));
  EXPECT_EQ(ran.wait(), 3);
  EXPECT_EQ(json::parse(ran.err()), json({{"taskId", "aaaaaaaaaaaa"}, {"status", "failed"}, {"exitStatus", 3}}));
  Apart alone(run_command(kNobody, {"--json"}, {"true"}));
  EXPECT_EQ(alone.wait(), 0);
  EXPECT_EQ(json::parse(alone.err()), json({{"taskId", nullptr}, {"status", "succeeded"}, {"exitStatus", 0}}));
}

}  // namespace
}  // namespace taskwire::test
