#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <string>
#include <vector>

#include "tail/pty.h"
#include "taskwire/fake_server.h"
#include "taskwire/running.h"

namespace taskwire::test {
namespace {

using testing::HasSubstr;

TEST(RunOnATerminal, GivesTheCommandOneOfItsOwn) {
  FakeServer server;
  Pty pty(run_command(server.url(), {}, sh("[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && stty size && tty >/dev/tty")), 91, 33);
  EXPECT_EQ(pty.wait(), 0) << pty.screen();
  EXPECT_THAT(pty.screen(), HasSubstr("33 91"));
  EXPECT_THAT(server.told().output, HasSubstr("33 91"));
}

TEST(RunOnATerminal, HandsOnWhatIsTyped) {
  Pty pty(run_command(kNobody, {}, sh("read line; echo \"got $line\"; exit 6")), 80, 24);
  pty.type("hello\r");
  EXPECT_EQ(pty.wait(), 6) << pty.screen();
  EXPECT_THAT(pty.screen(), HasSubstr("got hello"));
}

TEST(RunOnATerminal, TellsTheWindowSize) {
  Pty pty(run_command(kNobody, {}, sh("trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done")), 80,
          24);
  ASSERT_TRUE(pty.wait_for("ready"));
  pty.resize(101, 44);
  EXPECT_EQ(pty.wait(), 0) << pty.screen();
  EXPECT_THAT(pty.screen(), HasSubstr("44 101"));
}

TEST(RunOnATerminal, CtrlCReachesTheCommand) {
  FakeServer server;
  Pty pty(run_command(server.url(), {}, sh("trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.05; done")),
          80, 24);
  ASSERT_TRUE(pty.wait_for("ready"));
  pty.type("\x03");
  EXPECT_EQ(pty.wait(), 9) << pty.screen();
  EXPECT_THAT(pty.screen(), HasSubstr("caught"));
}

TEST(RunOnATerminal, CtrlCThatEndsTheCommandCancelsTheTask) {
  FakeServer server;
  Pty pty(run_command(server.url(), {}, {"sh", "-c", "echo ready; exec sleep 100"}), 80, 24);
  ASSERT_TRUE(pty.wait_for("ready"));
  pty.type("\x03");
  EXPECT_EQ(pty.wait(), 128 + SIGINT) << pty.screen();
  EXPECT_EQ(server.told().finishes.at(0)["cancelled"], true);
}

TEST(RunOnATerminal, KeepsStandardErrorApartWhereItIsNoTerminal) {
  TemporaryFolder folder;
  const auto file = (folder.path() / "err").string();
  auto words = run_command(kNobody, {}, sh("echo out; echo err >&2; [ -t 1 ] && [ ! -t 2 ]"));
  words.insert(words.begin(), {"/bin/sh", "-c", "exec \"$@\" 2>'" + file + "'", "sh"});
  Pty pty(words, 80, 24);
  EXPECT_EQ(pty.wait(), 0) << pty.screen();
  EXPECT_EQ(contents(file), "err\n");
  EXPECT_THAT(pty.screen(), HasSubstr("out"));
}

/// A shell with job control.
class JobControl : public testing::Test {
 protected:
  JobControl() : pty({"/bin/bash", "--norc", "--noprofile", "-i"}, 300, 24, {"PS1=$ "}) { wait_for_prompt(); }
  /// What is typed before the shell reads it may get lost.
  void wait_for_prompt() {
    const bool is_there = pty.wait_until([this](const Terminal&) { return pty.bytes().ends_with("$ "); });
    EXPECT_TRUE(is_there) << pty.screen();
  }
  /// Types `fg`, and waits until the command goes on: what is typed before is not for it.
  void go_on() {
    pty.type("fg\r");
    EXPECT_TRUE(pty.wait_for("on again")) << pty.screen();
  }
  std::string run_line(const std::string& command) const {
    return program_path("taskwire") + " run --url " + server.url() + " -- " + command + "\r";
  }
  /// Says that it is ready, and when it is continued, and reads a line.
  static constexpr const char* kReader =
      "python3 -c 'import signal; signal.signal(signal.SIGCONT, lambda *_: print(\"on\", \"again\", flush=True)); "
      "print(\"rea\" \"dy\", flush=True); print(\"got\", input())'";
  FakeServer server;
  Pty pty;
};

TEST_F(JobControl, CtrlZStopsItAndFgGoesOn) {
  pty.type(run_line(kReader));
  ASSERT_TRUE(pty.wait_for("ready")) << pty.screen();
  pty.type("\x1a");
  ASSERT_TRUE(pty.wait_for("Stopped")) << pty.screen();
  wait_for_prompt();
  pty.type("echo in the sh\"\"ell\r");
  ASSERT_TRUE(pty.wait_for("in the shell")) << pty.screen();
  go_on();
  pty.type("line\r");
  ASSERT_TRUE(pty.wait_for("got line")) << pty.screen();
  wait_for_prompt();
  pty.type("exit 3\r");
  EXPECT_EQ(pty.wait(), 3) << pty.screen();
}

TEST_F(JobControl, CtrlZStopsItInAPipeline) {
  pty.type(run_line(std::string(kReader) + " | cat"));
  ASSERT_TRUE(pty.wait_for("ready")) << pty.screen();
  pty.type("\x1a");
  ASSERT_TRUE(pty.wait_for("Stopped")) << pty.screen();
  wait_for_prompt();
  go_on();
  pty.type("line\r");
  ASSERT_TRUE(pty.wait_for("got line")) << pty.screen();
}

TEST_F(JobControl, ItRunsInTheBackground) {
  pty.type(run_line("sh -c 'echo d\"\"one; exit 4' &"));
  ASSERT_TRUE(pty.wait_for("done")) << pty.screen();
  pty.type("wait %1; echo status $?\r");
  ASSERT_TRUE(pty.wait_for("status 4")) << pty.screen();
}

}  // namespace
}  // namespace taskwire::test
