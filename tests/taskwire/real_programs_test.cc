// Programs as they are on this machine, unchanged, below `taskwire run`: what they do, and what is told of it.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "taskwire/fake_server.h"
#include "taskwire/running.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

constexpr int kSize = 20'000'000;

struct RealProgram {
  std::vector<std::string> command;  ///< `@` stands for a folder, where `big` is a file of kSize bytes.
  bool (*is_whole)(const json& progress);
};

void PrintTo(const RealProgram& program, std::ostream* to) {
  *to << program.command[0];
}

bool has_all_percent(const json& progress) {
  return progress.value("percent", json()) == 100;
}
bool has_all_counted(const json& progress) {
  return progress.value("total", 0) > 0 && progress.value("done", -1) == progress.value("total", 0);
}
bool has_all_steps(const json& progress) {
  const auto steps = progress.value("steps", json::array());
  return std::any_of(steps.begin(), steps.end(),
                     [](const auto& step) { return step["name"] == "Receiving objects"; }) &&
         std::all_of(steps.begin(), steps.end(),
                     [](const auto& step) { return step.value("done", -1) == step.value("total", 0); });
}
bool has_all_bytes(const json& progress) {
  return progress.value("done", 0) == kSize && progress.value("unit", "") == "bytes";
}

class RealPrograms : public testing::TestWithParam<RealProgram> {};

TEST_P(RealPrograms, AreHeardToTheirEnd) {
  auto command = GetParam().command;
  if (run(sh("command -v " + command[0])).status != 0) GTEST_SKIP() << "there is no " << command[0];
  setenv("LC_ALL", "C", 1);
  setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
  for (const auto* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}) unsetenv(name);
  const TemporaryFolder folder;
  const auto prepared = run(sh("cd '" + folder.path().string() + "' && head -c " + std::to_string(kSize) +
                               R"( /dev/zero | tr '\0' x >big && mkdir from &&
      printf 'rule touch\n  command = touch $out\nbuild from/a: touch\nbuild from/b: touch\n' >build.ninja &&
      if command -v git; then cd from && git init -q && for i in 1 2 3 4 5; do echo $i >$i; done && git add . &&
        git -c user.email=a@b -c user.name=a commit -qm all; fi)"));
  ASSERT_EQ(prepared.status, 0) << prepared.output;
  for (auto& word : command) {
    if (const auto at = word.find('@'); at != std::string::npos) word.replace(at, 1, folder.path());
  }

  FakeServer server;
  Apart ran(run_command(server.url(), {}, command));
  EXPECT_EQ(ran.wait(), 0) << ran.err();
  const auto told = server.told();
  EXPECT_TRUE(GetParam().is_whole(told.progress)) << told.progress;
  int percent = 0;
  for (const auto& report : told.reports) {
    const auto now = report.value("progress", json::object()).value("percent", json());
    if (!now.is_number()) continue;
    EXPECT_GE(now, percent);
    percent = now;
  }
  ASSERT_EQ(told.finishes.size(), 1U);
  EXPECT_EQ(told.finishes[0]["result"], json({{"exitStatus", 0}}));
}

INSTANTIATE_TEST_SUITE_P(
    , RealPrograms,
    testing::Values(RealProgram{{"rsync", "-a", "--info=progress2", "@/big", "@/copy"}, has_all_percent},
                    RealProgram{{"curl", "-o", "@/copy", "file://@/big"}, has_all_percent},
                    RealProgram{{"git", "clone", "--progress", "file://@/from", "@/to"}, has_all_steps},
                    RealProgram{{"pv", "-f", "@/big"}, has_all_percent},
                    RealProgram{{"dd", "if=@/big", "of=@/copy", "bs=1M", "status=progress"}, has_all_bytes},
                    RealProgram{{"ninja", "-C", "@"}, has_all_counted}),
    [](const auto& one) { return one.param.command[0]; });

}  // namespace
}  // namespace taskwire::test
