#include "taskwire/ending.h"

#include <cerrno>
#include <csignal>
#include <gtest/gtest.h>

namespace taskwire::cli {
namespace {

using nlohmann::json;

constexpr int exited(int status) {
  return status << 8;
}

TEST(Ending, HasTheStatusOfAShell) {
  EXPECT_EQ(Ending{exited(3)}.exit_status(), 3);
  EXPECT_EQ(Ending{SIGKILL}.exit_status(), 137);
  EXPECT_EQ((Ending{0, ENOENT}.exit_status()), 127);
  EXPECT_EQ((Ending{0, EACCES}.exit_status()), 126);
}

TEST(Ending, IsTold) {
  EXPECT_EQ(finish_json(Ending{0}, "warning: x", {{"exitStatus", 0}}), json::parse(R"({"result":{"exitStatus":0}})"));
  EXPECT_EQ(
      finish_json(Ending{exited(3)}, "\x1b[31mdisk full\x1b[0m", {}),
      json::parse(R"({"error":{"reason":"EXIT_STATUS","message":"exit status 3: disk full","retryable":false}})"));
  EXPECT_EQ(finish_json(Ending{SIGSEGV}, "", {}),
            json::parse(R"({"error":{"reason":"SIGNAL","message":"ended by SIGSEGV","retryable":false}})"));
  EXPECT_EQ(finish_json(Ending{exited(1), 0, true}, "x", {}), json::parse(R"({"cancelled":true})"));
  EXPECT_EQ(finish_json(Ending{0, ENOENT}, "", {})["error"]["reason"], "CANNOT_START");
}

}  // namespace
}  // namespace taskwire::cli
