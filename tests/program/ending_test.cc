#include "program/ending.h"

#include <cerrno>
#include <csignal>
#include <gtest/gtest.h>

namespace taskwire {
namespace {

constexpr int exited(int status) {
  return status << 8;
}

std::string told(const Ending& ending, std::string_view last_line) {
  const auto failure = failure_of(ending, last_line);
  return failure ? std::string(info(failure->reason).name) + ": " + failure->message : "";
}

TEST(Ending, HasTheStatusOfAShell) {
  EXPECT_EQ(Ending{exited(3)}.exit_status(), 3);
  EXPECT_EQ(Ending{SIGKILL}.exit_status(), 137);
  EXPECT_EQ((Ending{0, ENOENT}.exit_status()), 127);
  EXPECT_EQ((Ending{0, EACCES}.exit_status()), 126);
}

TEST(Ending, SaysWhyItIsAFailure) {
  EXPECT_EQ(told(Ending{exited(3)}, "\x1b[31mdisk full\x1b[0m"), "EXIT_STATUS: exit status 3: disk full");
  EXPECT_EQ(told(Ending{SIGSEGV}, ""), "SIGNAL: ended by SIGSEGV");
  EXPECT_EQ(told(Ending{0, ENOENT}, "x"), "CANNOT_START: cannot be started: No such file or directory");
  EXPECT_EQ(told(Ending{0, ENOENT, false, "folder '/x'"}, "x"),
            "CANNOT_START: cannot be started: folder '/x': No such file or directory");
}

TEST(Ending, IsNoFailureWhereItWentWellOrWasAskedFor) {
  EXPECT_EQ(told(Ending{0}, "warning: x"), "");
  EXPECT_EQ(told(Ending{exited(1), 0, true}, "x"), "");
}

}  // namespace
}  // namespace taskwire
