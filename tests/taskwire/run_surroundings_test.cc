// What a command is started with and among, and what it leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "taskwire/fake_server.h"
#include "taskwire/running.h"

namespace taskwire::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RunAmong, AWrongEnvironmentRunsTheCommandUntold) {
  for (const std::string wrong : {"TASKWIRE_URL=ftp://edge", "TASKWIRE_USER=a/b", "TASKWIRE_TOKEN=a b"}) {
    Process ran({"/usr/bin/env", wrong, program_path("taskwire"), "run", "--", "sh", "-c", "echo ran; exit 3"});
    EXPECT_EQ(ran.wait(), 3);
    EXPECT_THAT(ran.output(), HasSubstr("ran\n"));
    EXPECT_THAT(ran.output(), HasSubstr("taskwire: " + wrong.substr(0, wrong.find('='))));
  }
}

#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
constexpr bool kIsSanitized = true;  // or may be
#else
constexpr bool kIsSanitized = false;
#endif

TEST(RunAmong, FewDescriptorsRunTheCommandAllTheSame) {
  if (kIsSanitized) GTEST_SKIP() << "a sanitizer wants descriptors of its own, and ends the program without";
  for (int limit = 8; limit <= 32; ++limit) {
    const auto script = "ulimit -n " + std::to_string(limit) + R"(; exec "$@")";
    Process ran({"/bin/bash", "-c", script, "bash", program_path("taskwire"), "run", "--url", kNobody, "--", "sh", "-c",
                 "echo ran; exit 3"});
    EXPECT_EQ(ran.wait(), 3) << limit << ran.output();
    EXPECT_THAT(ran.output(), HasSubstr("ran\n")) << limit;
  }
}

TEST(RunAmong, StandardDescriptorsMayBeClosed) {
  for (const std::string closed : {"0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"}) {
    TemporaryFolder folder;
    const auto file = (folder.path() / "ran").string();
    Process ran({"/bin/bash", "-c", "exec \"$@\" " + closed, "bash", program_path("taskwire"), "run", "--url", kNobody,
                 "--", "sh", "-c", "echo out; seq 300000 >&2 || exit 9; echo ran >'" + file + "'; exit 3"});
    EXPECT_EQ(ran.wait(), 3) << closed << ran.output();
    EXPECT_EQ(contents(file), "ran\n") << closed;
  }
}

TEST(RunAmong, TheCommandInheritsNothingOfOurs) {
  const std::string list =
      "import os\n"
      "for fd in range(3, 200):\n"
      "  try: print(os.readlink(f'/proc/self/fd/{fd}'))\n"
      "  except OSError: pass";
  Apart alone({"python3", "-c", list});
  EXPECT_EQ(alone.wait(), 0);
  FakeServer server;
  Apart ran(run_command(server.url(), {}, {"python3", "-c", list}));
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_EQ(ran.out(), alone.out());
}

TEST(RunAmong, TheCommandKeepsAnAddressOfItsOwn) {
  Process ran({"/usr/bin/env", "TASKWIRE_URL=" + kNobody, "TASKWIRE_LEASE=outer", program_path("taskwire"), "run", "--",
               "sh", "-c", "echo $TASKWIRE_URL$TASKWIRE_LEASE"});
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_EQ(ran.output(), kNobody + "\n");
}

TEST(RunAmong, WhatIsLeftHoldsNothingOfOursOpen) {
  FakeServer server;
  TemporaryFolder folder;
  const auto fifo = (folder.path() / "go").string();
  ASSERT_EQ(run({"mkfifo", fifo}).status, 0);
  Apart ran(run_command(server.url(), {}, sh("(read x <'" + fifo + "'; echo late) & echo early")));
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_TRUE(server.wait_until([](const auto& told) { return told.connections == 0; }));
  EXPECT_THAT(ran.out(), Not(HasSubstr("late")));
  std::ofstream(fifo) << "go\n";
  EXPECT_TRUE(eventually([&] { return ran.out() == "early\nlate\n"; }));
}

TEST(RunAmong, WhatIsLeftMayNeverBeSilent) {
  TemporaryFolder folder;
  Process ran(
      {"/bin/bash", "-c",
       R"({ "$2" run --url "$3" -- sh -c "yes & echo \$! >$1/pid"; echo status $? >&2; kill $(cat $1/pid); } | cat >/dev/null)",
       "bash", folder.path().string(), program_path("taskwire"), kNobody});
  EXPECT_EQ(ran.wait(within(std::chrono::seconds(20))), 0);
  EXPECT_EQ(ran.output(), "status 0\n");
}

}  // namespace
}  // namespace taskwire::test
