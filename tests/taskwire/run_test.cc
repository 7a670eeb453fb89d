#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <signal.h>
#include <string>
#include <vector>

#include "taskwire/fake_server.h"
#include "taskwire/running.h"

namespace taskwire::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(Run, IsTheCommandWhereThereIsNoServer) {
  Apart ran(run_command(kNobody, {}, sh("echo out; echo err >&2; exit 3")));
  EXPECT_EQ(ran.wait(), 3);
  EXPECT_EQ(ran.out(), "out\n");
  EXPECT_EQ(ran.err(), "err\n");
}

TEST(Run, HasTheExitStatusOfAShell) {
  EXPECT_EQ(Apart(run_command(kNobody, {}, {"true"})).wait(), 0);
  EXPECT_EQ(Apart(run_command(kNobody, {}, sh("kill -SEGV $$"))).wait(), 128 + SIGSEGV);
  Apart missing(run_command(kNobody, {}, {"no-such-program"}));
  EXPECT_EQ(missing.wait(), 127);
  EXPECT_THAT(missing.err(), HasSubstr("no-such-program"));
  EXPECT_EQ(Apart(run_command(kNobody, {}, {"/etc/passwd"})).wait(), 126);
}

TEST(Run, RefusesWhereAServerIsRequired) {
  TemporaryFolder folder;
  const auto file = (folder.path() / "ran").string();
  Apart ran(run_command(kNobody, {"--require-server"}, {"touch", file}));
  EXPECT_EQ(ran.wait(), 125);
  EXPECT_THAT(ran.err(), HasSubstr("the command was not started"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(Run, TellsOfACommandThatSucceeds) {
  FakeServer server;
  Apart ran(run_command(server.url(), {"--name", "Nightly"}, sh("echo hello; echo '50%'")));
  EXPECT_EQ(ran.wait(), 0) << ran.err();
  const auto told = server.told();
  EXPECT_EQ(told.start["taskName"], "Nightly");
  EXPECT_EQ(told.start["claim"], true);
  EXPECT_EQ(told.keys[0].size(), 32U);
  EXPECT_EQ(told.output, "hello\n50%\n");
  EXPECT_EQ(told.errors, "");
  EXPECT_EQ(told.progress["percent"], 50);
  ASSERT_EQ(told.finishes.size(), 1U);
  EXPECT_EQ(told.finishes[0]["result"], json({{"exitStatus", 0}}));
}

TEST(Run, TellsWhyACommandFailed) {
  FakeServer server;
  Apart ran(run_command(server.url(), {}, sh("echo fine; echo 'disk full' >&2; exit 3")));
  EXPECT_EQ(ran.wait(), 3);
  EXPECT_EQ(server.told().errors, "disk full\n");
  EXPECT_EQ(server.told().finishes.at(0)["error"],
            json({{"reason", "EXIT_STATUS"}, {"message", "exit status 3: disk full"}, {"retryable", false}}));
}

TEST(Run, GivesTheCommandItsSurroundings) {
  FakeServer server;
  Apart ran(run_command(
      server.url(), {},
      sh("echo $TASKWIRE_URL $TASKWIRE_TASK $TASKWIRE_LEASE $TERM_FEATURES $ConEmuANSI; echo $NOTIFY_SOCKET")));
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_THAT(ran.out(), HasSubstr(server.url() + " aaaaaaaaaaaa secret P ON\n/"));
  const auto socket = ran.out().substr(ran.out().find('\n') + 1);
  EXPECT_FALSE(std::filesystem::exists(socket.substr(0, socket.size() - 1))) << "it is taken away";
  Apart alone(run_command(kNobody, {}, sh("echo \"$TASKWIRE_URL$TASKWIRE_TASK$TASKWIRE_LEASE\"")));
  EXPECT_EQ(alone.wait(), 0);
  EXPECT_EQ(alone.out(), "\n");
}

TEST(Run, TakesWhatIsSentToTheNotifySocket) {
  FakeServer server;
  Apart ran(run_command(server.url(), {},
                        {"python3", "-c",
                         "import os,socket\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\n"
                         "s.sendto(b'READY=1\\nSTATUS=Indexing', os.environ['NOTIFY_SOCKET'])"}));
  EXPECT_EQ(ran.wait(), 0) << ran.err();
  EXPECT_EQ(server.told().progress["message"], "Indexing");
}

TEST(Run, TellsThatACommandSaysItIsAlive) {
  FakeServer server;
  TemporaryFolder folder;
  const auto fifo = (folder.path() / "go").string();
  ASSERT_EQ(run({"mkfifo", fifo}).status, 0);
  Apart ran(run_command(server.url(), {},
                        {"python3", "-c",
                         "import os,socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\n"
                         "s.connect(os.environ['NOTIFY_SOCKET'])\nopen(sys.argv[1]).read()\n"
                         "s.send(b'WATCHDOG=1')\nopen(sys.argv[1]).read()",
                         fifo}));
  std::ofstream(fifo).close();
  EXPECT_TRUE(server.wait_until([](const auto& told) {
    return std::any_of(told.reports.begin(), told.reports.end(),
                       [](const auto& report) { return report.value("progress", json()) == json::object(); });
  }));
  std::ofstream(fifo).close();
  EXPECT_EQ(ran.wait(), 0) << ran.err();
}

TEST(Run, NamesItsTaskInOneLine) {
  FakeServer server;
  EXPECT_EQ(Apart(run_command(server.url(), {"--name", " two\nlines\x1b[2J"}, {"true"})).wait(), 0);
  EXPECT_EQ(server.told().start["taskName"], "two lines\uFFFD[2J");
  EXPECT_EQ(Apart(run_command(server.url(), {"--name", std::string(300, ' ') + "x" + std::string(300, '\n')}, {"true"}))
                .wait(),
            0);
  EXPECT_EQ(server.told().start["taskName"], "x");
  std::string name;
  while (name.size() < 300) name += "шш.";
  EXPECT_EQ(Apart(run_command(server.url(), {"--name", name}, {"true"})).wait(), 0);
  EXPECT_EQ(server.told().start["taskName"], name.substr(0, 255)) << "characters stay whole";
}

TEST(Run, HandsOnEveryByteOfEachStream) {
  TemporaryFolder folder;
  const auto source = folder.path() / "bytes";
  {
    std::mt19937_64 random(1);  // NOLINT: the same every time
    std::ofstream file(source, std::ios::binary);
    for (int i = 0; i < 50 << 17; ++i) {
      const auto word = random();
      file.write(reinterpret_cast<const char*>(&word), sizeof word);
    }
  }
  FakeServer server;
  Apart ran(run_command(server.url(), {},
                        sh("cat '" + source.string() + "' & head -c 5000000 '" + source.string() + "' >&2; wait")));
  EXPECT_EQ(ran.wait(within(std::chrono::seconds(60))), 0);
  const auto bytes = contents(source);
  EXPECT_TRUE(ran.out() == bytes) << ran.out().size();
  EXPECT_TRUE(ran.err() == bytes.substr(0, 5'000'000)) << ran.err().size();
}

TEST(Run, KeepsTheOrderOfStreamsThatAreOne) {
  Process both(run_command(kNobody, {}, sh("for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done")));
  EXPECT_EQ(both.wait(), 0);
  EXPECT_EQ(both.output(), "o1\ne1\no2\ne2\no3\ne3\no4\ne4\no5\ne5\no6\ne6\no7\ne7\no8\ne8\no9\ne9\n");
}

TEST(Run, LeavesStandardInputToTheCommand) {
  TemporaryFolder folder;
  const auto source = folder.path() / "in";
  std::ofstream(source) << "one\ntwo\nthree\n";
  Apart ran({"/bin/sh", "-c", "\"$@\"; cat", "sh", program_path("taskwire"), "run", "--url", kNobody, "--", "python3",
             "-c", "import os; os.read(0, 4)"},
            source);
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_EQ(ran.out(), "two\nthree\n") << "it takes not a byte more than the command";
}

TEST(Run, TheCommandLearnsThatItsReaderHasGone) {
  Process ran({"/bin/bash", "-c", "\"$@\" | head -1; echo ${PIPESTATUS[0]}", "bash", program_path("taskwire"), "run",
               "--url", kNobody, "--", "yes"});
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_EQ(ran.output(), "y\n" + std::to_string(128 + SIGPIPE) + "\n");
}

TEST(Run, DoesNotWaitForWhatTheCommandLeavesInTheBackground) {
  TemporaryFolder folder;
  const auto fifo = (folder.path() / "go").string();
  // The output of what is left comes out, though it is written long after the end.
  Process ran(
      {"/bin/sh", "-c",
       R"(mkfifo "$1"; "$2" run --url "$3" -- sh -c "(read x <'$1'; echo late) & echo early"; echo status $?; echo >"$1")",
       "sh", fifo, program_path("taskwire"), kNobody});
  EXPECT_TRUE(ran.wait_for_line("late"));
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_EQ(ran.output(), "early\nstatus 0\nlate\n");
}

TEST(Run, PassesSignalsOn) {
  FakeServer server;
  Apart ran(
      run_command(server.url(), {}, sh("trap 'echo got it; exit 7' TERM; echo ready; while :; do sleep 0.05; done")));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "ready\n"; }));
  ran.process().signal(SIGTERM);
  EXPECT_EQ(ran.wait(), 7);
  EXPECT_EQ(ran.out(), "ready\ngot it\n");
}

TEST(Run, StopsTheCommandWhereItsTaskIsCancelled) {
  FakeServer server;
  // What it started is told as well.
  Apart ran(run_command(server.url(), {},
                        sh("(trap 'echo child; exit' TERM; while :; do sleep 0.05; done) & echo ready; wait; wait")));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "ready\n"; }));
  server.set({.cancels = true});
  EXPECT_EQ(ran.wait(), 128 + SIGTERM);
  EXPECT_EQ(server.told().finishes.at(0)["cancelled"], true);
}

TEST(Run, KillsWhatDoesNotStopInTime) {
  FakeServer server;
  Apart ran(
      run_command(server.url(), {"--grace", "200ms"}, sh("trap '' TERM; echo ready; while :; do sleep 0.05; done")));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "ready\n"; }));
  server.set({.cancels = true});
  EXPECT_EQ(ran.wait(), 128 + SIGKILL);
  EXPECT_EQ(server.told().finishes.at(0)["cancelled"], true);
}

TEST(Run, TellsWhatWasNotToldWhenTheServerIsBack) {
  FakeServer server;
  TemporaryFolder folder;
  const auto fifo = (folder.path() / "go").string();
  ASSERT_EQ(run({"mkfifo", fifo}).status, 0);
  Apart ran(
      run_command(server.url(), {},
                  sh("echo one; cat '" + fifo + "' >/dev/null; echo two; cat '" + fifo + "' >/dev/null; echo three")));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "one\n"; }));
  server.go_away();
  std::ofstream(fifo) << "go\n";
  ASSERT_TRUE(eventually([&] { return ran.out() == "one\ntwo\n"; })) << "it goes on meanwhile";
  server.come_back();
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "one\ntwo\n"; }));
  std::ofstream(fifo) << "go\n";
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_EQ(server.told().output, "one\ntwo\nthree\n");
  EXPECT_EQ(server.told().finishes.size(), 1U);
}

TEST(Run, BecomesATaskOnceAServerIsThere) {
  FakeServer server;
  server.go_away();
  TemporaryFolder folder;
  const auto fifo = (folder.path() / "go").string();
  ASSERT_EQ(run({"mkfifo", fifo}).status, 0);
  Apart ran(run_command(server.url(), {}, sh("echo one; read x <'" + fifo + "'; exit 4")));
  ASSERT_TRUE(eventually([&] { return ran.out() == "one\n"; }));
  server.come_back();
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "one\n"; }));
  std::ofstream(fifo) << "go\n";
  EXPECT_EQ(ran.wait(), 4);
  EXPECT_EQ(server.told().finishes.at(0)["error"]["message"], "exit status 4");
}

TEST(Run, RepeatsAReportWhoseAnswerIsLost) {
  FakeServer server;
  server.set({.forgets_answers = 2});
  Apart ran(run_command(server.url(), {}, sh("echo one")));
  EXPECT_EQ(ran.wait(), 0);
  const auto told = server.told();
  EXPECT_EQ(told.output, "one\n");
  ASSERT_GE(told.reports.size(), 3U);
  EXPECT_EQ(told.reports[0], told.reports[1]);
  EXPECT_EQ(told.reports[0]["seq"], told.reports[2]["seq"]);
}

TEST(Run, IsNotDisturbedByALeaseThatIsLost) {
  FakeServer server;
  server.set({.loses_leases = true});
  Apart ran(run_command(server.url(), {}, sh("echo one; exit 5")));
  EXPECT_EQ(ran.wait(), 5);
  EXPECT_EQ(ran.out(), "one\n");
  EXPECT_EQ(ran.err(), "");
}

TEST(Run, TellsProgressToAServerThatTakesNoOutput) {
  FakeServer server;
  server.set({.takes_output = false});
  Apart ran(run_command(server.url(), {}, sh("echo '70%'")));
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_EQ(server.told().progress["percent"], 70);
  EXPECT_EQ(server.told().finishes.size(), 1U);
}

TEST(Run, LeavesOutWhatIsTooMuchAndTellsIt) {
  FakeServer server;
  server.set({.is_failing = true});
  TemporaryFolder folder;
  const auto fifo = (folder.path() / "go").string();
  ASSERT_EQ(run({"mkfifo", fifo}).status, 0);
  Apart ran(run_command(server.url(), {}, sh("seq 3000000; echo end; read x <'" + fifo + "'")));
  ASSERT_TRUE(eventually([&] { return ran.out().ends_with("end\n"); }));
  server.set({});
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output.ends_with("3000000\nend\n"); }));
  std::ofstream(fifo) << "go\n";
  EXPECT_EQ(ran.wait(), 0);
  const auto output = server.told().output;
  EXPECT_TRUE(output.starts_with("1\n2\n3\n"));
  EXPECT_NE(output.find("bytes of output left out]"), std::string::npos);
  EXPECT_LT(output.size(), 12U << 20);
}

TEST(Run, SendsTheTokenAsABearer) {
  FakeServer server;
  Process ran(run_command(server.url(), {}, {"true"}), {"TASKWIRE_TOKEN=t0ken"});
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_EQ(server.told().authorization, "Bearer t0ken");
}

}  // namespace
}  // namespace taskwire::test
