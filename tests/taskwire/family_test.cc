#include "taskwire/family.h"

#include <csignal>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/deadline.h"
#include "support/process.h"

namespace taskwire::cli {
namespace {

using test::eventually;

/// A program whose other thread started one that waits; that one's number.
struct Threaded {
  pid_t child() {
    const auto line = process.wait_for_line("child");
    return line ? std::stoi(line->substr(line->find(' ') + 1)) : -1;
  }
  test::Process process{{"/usr/bin/env", "python3", "-c",
                         "import subprocess, threading\n"
                         "def start():\n"
                         "  child = subprocess.Popen(['sleep', '1000'])\n"
                         "  print('child', child.pid, flush=True)\n"
                         "  child.wait()\n"
                         "threading.Thread(target=start).start()\n"}};
};

bool is_there(pid_t pid) {
  return kill(pid, 0) == 0;
}

TEST(Family, HasWhatAnyThreadStarted) {
  Threaded program;
  const auto child = program.child();
  ASSERT_GT(child, 0);
  Family family(program.process.pid());
  EXPECT_FALSE(family.is_alive()) << "nobody was seen yet";
  family.signal(SIGCONT);
  EXPECT_TRUE(family.is_alive());
  family.signal(SIGTERM);
  EXPECT_EQ(program.process.wait(), 128 + SIGTERM);
  EXPECT_TRUE(eventually([&] { return !family.is_alive(); }));
}

TEST(Family, KnowsAgainWhomAParentLeft) {
  Threaded program;
  const auto child = program.child();
  ASSERT_GT(child, 0);
  Family family(program.process.pid());
  family.signal(SIGCONT);
  program.process.kill();
  EXPECT_TRUE(family.is_alive());
  EXPECT_TRUE(is_there(child));
  family.signal(SIGKILL);
  EXPECT_TRUE(eventually([&] { return !family.is_alive(); }));
}

}  // namespace
}  // namespace taskwire::cli
