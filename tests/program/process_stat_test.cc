#include "program/process_stat.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace taskwire {
namespace {

TEST(ProcessStat, SaysWhatComesAfterTheName) {
  prctl(PR_SET_NAME, "a) b\nc");
  const auto stat = process_stat(getpid());
  EXPECT_TRUE(stat.starts_with("R " + std::to_string(getppid()) + " ")) << stat;
}

TEST(ProcessStat, IsEmptyWhereThereIsNoSuchProcess) {
  const auto child = fork();
  if (child == 0) _exit(0);
  siginfo_t ended{};
  waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT);
  EXPECT_TRUE(process_stat(child).starts_with("Z ")) << "nobody has waited for it yet";
  waitpid(child, nullptr, 0);
  EXPECT_EQ(process_stat(child), "");
  EXPECT_EQ(process_stat(-1), "");
}

}  // namespace
}  // namespace taskwire
