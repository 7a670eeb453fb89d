#include <gtest/gtest.h>
#include <signal.h>
#include <string>
#include <vector>

#include "tail/pty.h"
#include "taskwire/fake_server.h"
#include "taskwire/running.h"

namespace taskwire::test {
namespace {

/// A program that ignores SIGTERM, and tells its number.
const std::string kStubborn = "sh -c 'trap \"\" TERM; echo stubborn $$; while :; do sleep 0.05; done'";

pid_t number_after(const std::string& word, const std::string& output) {
  const auto at = output.find(word + " ");
  return at == std::string::npos ? -1 : std::stoi(output.substr(at + word.size() + 1));
}

bool is_gone(pid_t pid) {
  return eventually([&] {
    const auto stat = contents("/proc/" + std::to_string(pid) + "/stat");
    const auto name_end = stat.rfind(')');
    return name_end == std::string::npos || stat[name_end + 2] == 'Z';
  });
}

TEST(RunCancelled, KillsAMemberThatOutlivesItsLeader) {
  FakeServer server;
  Apart ran(run_command(server.url(), {"--grace", "300ms"}, sh(kStubborn + " & wait")));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output.ends_with("\n"); }));
  const auto member = number_after("stubborn", server.told().output);
  server.set({.cancels = true});
  EXPECT_EQ(ran.wait(), 128 + SIGTERM);
  EXPECT_TRUE(is_gone(member));
}

TEST(RunCancelled, DoesNotWaitForAMemberThatHasEnded) {
  FakeServer server;
  Apart ran(run_command(server.url(), {"--grace", "25s"}, sh("sleep 1000 & echo ready; wait")));
  ASSERT_TRUE(server.wait_until([](const auto& told) { return told.output == "ready\n"; }));
  server.set({.cancels = true});
  EXPECT_EQ(ran.wait(within(std::chrono::seconds(20))), 128 + SIGTERM);
}

/// On a terminal whose process group it shares, since its output goes elsewhere. The shell outlives it: a terminal that
/// loses its leader would end what was left.
class RunCancelledInOurGroup : public testing::Test {
 protected:
  pid_t begin(const std::string& grace, const std::vector<std::string>& command, const std::string& word) {
    auto words = run_command(server.url(), {"--grace", grace}, command);
    words.insert(words.begin(), {"/bin/sh", "-c", "\"$@\" >/dev/null 2>&1; echo status $?; read line", "sh"});
    pty.emplace(words, 80, 24);
    EXPECT_TRUE(server.wait_until([&](const auto& told) { return told.output.find(word) != std::string::npos; }));
    return number_after(word, server.told().output);
  }
  FakeServer server;
  std::optional<Pty> pty;
};

TEST_F(RunCancelledInOurGroup, KillsWhatOutlivesItsParent) {
  const auto member = begin("300ms", sh(kStubborn + " & wait"), "stubborn");
  server.set({.cancels = true});
  EXPECT_TRUE(pty->wait_for("status 143")) << pty->screen();
  EXPECT_TRUE(is_gone(member));
}

TEST_F(RunCancelledInOurGroup, TellsWhatAnotherThreadStarted) {
  const auto member = begin("60s",
                            {"python3", "-c",
                             "import subprocess, threading\n"
                             "def start():\n"
                             "  child = subprocess.Popen(['sleep', '1000'])\n"
                             "  print('child', child.pid, flush=True)\n"
                             "  child.wait()\n"
                             "threading.Thread(target=start).start()\n"},
                            "child");
  server.set({.cancels = true});
  EXPECT_TRUE(pty->wait_for("status 143")) << pty->screen();
  EXPECT_TRUE(is_gone(member));
}

}  // namespace
}  // namespace taskwire::test
