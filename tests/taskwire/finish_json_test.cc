#include "taskwire/finish_json.h"

#include <cerrno>
#include <gtest/gtest.h>

namespace taskwire::cli {
namespace {

using nlohmann::json;

constexpr int exited(int status) {
  return status << 8;
}

TEST(FinishJson, TellsHowACommandEnded) {
  EXPECT_EQ(finish_json(Ending{0}, "warning: x", {{"exitStatus", 0}}, Again::no),
            json::parse(R"({"result":{"exitStatus":0}})"));
  EXPECT_EQ(
      finish_json(Ending{exited(3)}, "disk full", {}, Again::no),
      json::parse(R"({"error":{"reason":"EXIT_STATUS","message":"exit status 3: disk full","retryable":false}})"));
  EXPECT_EQ(finish_json(Ending{exited(1), 0, true}, "x", {}, Again::yes), json::parse(R"({"cancelled":true})"));
  EXPECT_EQ(finish_json(Ending{0, ENOENT}, "", {}, Again::no)["error"]["reason"], "CANNOT_START");
}

TEST(FinishJson, TellsWhetherItMayBeRunAgain) {
  constexpr int kKilled = 9;
  EXPECT_EQ(finish_json(Ending{exited(3)}, "", {}, Again::yes)["error"]["retryable"], true);
  EXPECT_EQ(finish_json(Ending{kKilled}, "", {}, Again::yes)["error"]["retryable"], true);
  EXPECT_EQ(finish_json(Ending{kKilled}, "", {}, Again::no)["error"]["retryable"], false);
  EXPECT_EQ(finish_json(Ending{0, ENOENT}, "", {}, Again::yes)["error"]["retryable"], false);
}

}  // namespace
}  // namespace taskwire::cli
