// Who has the keys of a terminal, and what becomes of that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tail/pty.h"
#include "taskwire/fake_server.h"
#include "taskwire/running.h"

namespace taskwire::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The command line of a shell that runs `words` as its arguments in `script`.
std::vector<std::string> in_shell(const std::string& script, std::vector<std::string> words) {
  words.insert(words.begin(), {"/bin/bash", "-c", script, "bash"});
  return words;
}

TEST(RunWithKeys, TheTerminalIsTheCommandsWhereInputComesFromElsewhere) {
  Pty pty(
      in_shell("echo data | \"$@\"",
               run_command(
                   kNobody, {},
                   {"bash", "-c",
                    "read a; stty -echo </dev/tty; echo pass\"\"word?; read b </dev/tty; [ -t 1 ] && echo got $a $b"})),
      80, 24);
  ASSERT_TRUE(pty.wait_for("password?")) << pty.screen();
  pty.type("secret\r");
  EXPECT_EQ(pty.wait(), 0) << pty.screen();
  EXPECT_THAT(pty.screen(), HasSubstr("got data secret"));
  EXPECT_EQ(pty.terminal().count("secret"), 1U) << "it is not shown while it is typed";
}

TEST(RunWithKeys, AnotherInThePipelineHasThem) {
  Pty pty(in_shell("bash -c 'read -s x </dev/tty; echo $x' | \"$@\"",
                   run_command(kNobody, {}, sh("[ -t 1 ] && echo ready; read x; echo got $x"))),
          80, 24);
  ASSERT_TRUE(pty.wait_for("ready")) << pty.screen();
  pty.type("typed\r");
  EXPECT_EQ(pty.wait(), 0) << pty.screen();
  EXPECT_THAT(pty.screen(), HasSubstr("got typed"));
}

TEST(RunWithKeys, LinesEndAsAlone) {
  Pty pty(in_shell("exec \"$@\" </dev/null", run_command(kNobody, {}, sh("[ -t 1 ] && echo line"))), 80, 24);
  EXPECT_EQ(pty.wait(), 0) << pty.screen();
  EXPECT_TRUE(pty.bytes().starts_with("line\r\n")) << pty.bytes();
}

TEST(RunWithKeys, AScreenHasTheSizeOfTheWindow) {
  Pty pty(in_shell("exec \"$@\" </dev/null",
                   run_command(kNobody, {},
                               {"python3", "-c",
                                "import os, signal, threading\n"
                                "done = threading.Event()\n"
                                "def look(*_):\n"
                                "  size = os.get_terminal_size(1)\n"
                                "  if size.columns == 101: print('size', size.lines, flush=True); done.set()\n"
                                "signal.signal(signal.SIGWINCH, look)\n"
                                "print('first', os.get_terminal_size(1).lines, flush=True)\n"
                                "while not done.wait(0.05): pass\n"})),
          80, 24);
  ASSERT_TRUE(pty.wait_for("first 24")) << pty.screen();
  pty.resize(101, 44);
  EXPECT_EQ(pty.wait(), 0) << pty.screen();
  EXPECT_THAT(pty.screen(), HasSubstr("size 44"));
}

TEST(RunWithKeys, StandardErrorIsATerminalWhereOnlyThatIs) {
  TemporaryFolder folder;
  const auto file = (folder.path() / "out").string();
  Pty pty(in_shell("exec \"$@\" >'" + file + "'",
                   run_command(kNobody, {}, sh("echo out; echo err >&2; [ ! -t 1 ] && [ -t 2 ]"))),
          80, 24);
  EXPECT_EQ(pty.wait(), 0) << pty.screen();
  EXPECT_EQ(contents(file), "out\n");
  EXPECT_TRUE(pty.bytes().starts_with("err\r\n")) << pty.bytes();
}

TEST(RunWithKeys, ATerminalThatGoesAwayDoesNotHoldUpWhoStays) {
  TemporaryFolder folder;
  const auto go = (folder.path() / "go").string();
  const auto done = (folder.path() / "done").string();
  Pty pty(run_command(kNobody, {},
                      sh("trap '' HUP; echo ready; while [ ! -e '" + go +
                         "' ]; do sleep 0.05; done; seq 300000; echo x >'" + done + "'")),
          80, 24);
  ASSERT_TRUE(pty.wait_for("ready"));
  pty.hang_up();
  std::ofstream(go) << "go\n";
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(done); }));
}

TEST(RunWithKeys, WhatIsLeftOnATerminalComesOut) {
  TemporaryFolder folder;
  const auto fifo = (folder.path() / "go").string();
  ASSERT_EQ(run({"mkfifo", fifo}).status, 0);
  Pty pty(in_shell("\"$@\"; echo status $?; echo >'" + fifo + "'; read line",
                   run_command(kNobody, {}, sh("(read x <'" + fifo + "'; [ -t 1 ] && echo late) & echo early"))),
          80, 24);
  ASSERT_TRUE(pty.wait_for("late")) << pty.screen();
  EXPECT_LT(pty.bytes().find("early"), pty.bytes().find("status 0"));
  EXPECT_LT(pty.bytes().find("status 0"), pty.bytes().find("late"));
  pty.type("\r");
  EXPECT_EQ(pty.wait(), 0);
}

/// A shell with job control, in which the program runs.
class KeysOfAShell : public testing::Test {
 protected:
  KeysOfAShell() : pty({"/bin/bash", "--norc", "--noprofile", "-i"}, 400, 24, {"PS1=$ "}) { wait_for_prompt(); }
  void wait_for_prompt() {
    EXPECT_TRUE(pty.wait_until([this](const Terminal&) { return pty.bytes().ends_with("$ "); })) << pty.screen();
  }
  static std::string run_line(const std::string& command) {
    return program_path("taskwire") + " run --url " + kNobody + " -- " + command;
  }
  Pty pty;
};

TEST_F(KeysOfAShell, CtrlCEndsItsLoop) {
  pty.type("for i in 1 2 3; do " + run_line("sh -c \"echo tu\"\"rn $i; exec sleep 1000\"") + "; done; echo\r");
  ASSERT_TRUE(pty.wait_for("turn 1")) << pty.screen();
  pty.type("\x03");
  wait_for_prompt();
  EXPECT_THAT(pty.screen(), Not(HasSubstr("turn 2")));
}

TEST_F(KeysOfAShell, ThePassedSignalIsNotTheShells) {
  pty.type("for i in 1 2; do " + run_line("sh -c 'echo tu\"\"rn; kill -INT $PPID; exec sleep 0.1'") +
           "; echo st\"\"atus $?; done\r");
  EXPECT_TRUE(pty.wait_until([](const Terminal& terminal) { return terminal.count("status") == 2; })) << pty.screen();
}

TEST_F(KeysOfAShell, ComeWithTheForeground) {
  pty.type(run_line("sh -c 'echo rea\"\"dy; read x; echo got $x'") + " &\r");
  ASSERT_TRUE(pty.wait_for("ready")) << pty.screen();
  pty.type("fg\r");
  ASSERT_TRUE(pty.wait_until([](const Terminal& terminal) { return terminal.count("taskwire run") >= 2; }))
      << pty.screen();
  pty.type("line\r");
  EXPECT_TRUE(pty.wait_for("got line")) << pty.screen();
}

}  // namespace
}  // namespace taskwire::test
