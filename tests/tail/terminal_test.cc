#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tail/pty.h"
#include "tail/runs.h"

namespace taskwire::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class TerminalTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }
  std::vector<std::string> command(std::vector<std::string> arguments) const {
    return tail_command(services.edge.address(), std::move(arguments));
  }
  std::string start(const std::string& name, int duration_ms) const {
    return start_task(port(), {{"taskName", name}, {"params", {{"durationMs", duration_ms}, {"steps", 20}}}});
  }

  Services services{{}, {"--heartbeat", "300ms"}};
};

TEST_F(TerminalTest, ShowsATaskAsABarUntilItsEnd) {
  Pty tail(command({"tasks/alice/" + start("Data Processing", 1500)}), 80, 24);
  ASSERT_TRUE(tail.wait_for("##")) << tail.screen();
  EXPECT_THAT(tail.terminal().find("Data Processing"), HasSubstr("running"));
  EXPECT_EQ(tail.wait(), 0);
  EXPECT_THAT(tail.terminal().find("Data Processing"), HasSubstr("succeeded   ####################"));
  EXPECT_EQ(tail.terminal().count("Data Processing"), 1U) << "in one line, in place:\n" << tail.screen();
  EXPECT_THAT(tail.terminal().unknown(), IsEmpty());
  EXPECT_TRUE(tail.terminal().wraps()) << "the terminal is left as it was";
}

TEST_F(TerminalTest, ShowsOtherEventsAboveTheBars) {
  Pty tail(command({"tasks/alice", "channels/news"}), 80, 24);
  ASSERT_TRUE(tail.wait_for("live")) << tail.screen();
  start("First", 60'000);
  start("Second", 60'000);
  ASSERT_TRUE(tail.wait_for("First") && tail.wait_for("Second")) << tail.screen();
  ASSERT_EQ(post(port(), "/publish/news?event=story", "one \x1b[2J two").status, 202);
  ASSERT_EQ(post(port(), "/publish/news?event=story", "three").status, 202);
  ASSERT_TRUE(tail.wait_for("three")) << tail.screen();
  const auto shows_order = [](const Terminal& terminal) {
    const auto& lines = terminal.lines();
    return lines.size() >= 5 && lines[lines.size() - 5].starts_with("story  \"one") &&
           lines[lines.size() - 4].starts_with("story  \"three") &&
           lines[lines.size() - 3].find("First") != std::string::npos &&
           lines[lines.size() - 2].find("Second") != std::string::npos &&
           lines[lines.size() - 1].find("live") != std::string::npos;
  };
  EXPECT_TRUE(tail.wait_until(shows_order)) << tail.screen();
  EXPECT_THAT(tail.terminal().unknown(), IsEmpty()) << "nothing in the data is obeyed";
  EXPECT_EQ(tail.terminal().count("heartbeat"), 0U);
}

TEST_F(TerminalTest, EndsWithCtrlC) {
  start("Data Processing", 60'000);
  Pty tail(command({"tasks/alice"}), 80, 24);
  ASSERT_TRUE(tail.wait_for("Data Processing")) << tail.screen();
  tail.type("\x03");
  EXPECT_EQ(tail.wait(), 130);
  EXPECT_TRUE(tail.terminal().wraps());
  EXPECT_THAT(tail.screen(), HasSubstr("--last-event-id"));
  EXPECT_EQ(tail.terminal().count("live"), 0U) << tail.screen();
  EXPECT_EQ(tail.terminal().count("Data Processing"), 1U) << tail.screen();
}

TEST_F(TerminalTest, TellsWhenItConnectsAgain) {
  Pty tail(command({"tasks/alice"}), 80, 24);
  ASSERT_TRUE(tail.wait_for("live")) << tail.screen();
  services.edge.kill();
  ASSERT_TRUE(tail.wait_for("reconnecting in ")) << tail.screen();
  services.edge.restart();
  ASSERT_TRUE(tail.wait_for("live")) << tail.screen();
  start("Data Processing", 60'000);
  EXPECT_TRUE(tail.wait_for("Data Processing")) << tail.screen();
}

TEST_F(TerminalTest, HasColoursUnlessTheyAreUnwanted) {
  const auto id = start("Data Processing", 10);
  Pty coloured(command({"tasks/alice/" + id}), 80, 24);
  EXPECT_EQ(coloured.wait(), 0);
  EXPECT_THAT(coloured.bytes(), HasSubstr("\x1b[32m"));
  Pty plain(command({"tasks/alice/" + id}), 80, 24, {"NO_COLOR=1"});
  EXPECT_EQ(plain.wait(), 0);
  EXPECT_THAT(plain.bytes(), Not(testing::ContainsRegex("\x1b\\[[0-9]*m")));
  EXPECT_THAT(plain.bytes(), HasSubstr("succeeded"));
}

TEST_F(TerminalTest, IsNotRedrawnWhereItCannotBe) {
  const auto id = start("Data Processing", 10);
  Pty dumb(command({"tasks/alice/" + id}), 80, 24, {"TERM=dumb"});
  EXPECT_EQ(dumb.wait(), 0);
  EXPECT_THAT(dumb.bytes(), Not(HasSubstr("\x1b")));
  EXPECT_THAT(dumb.bytes(), HasSubstr("succeeded"));
  Pty json_lines(command({"--json", "tasks/alice/" + id}), 80, 24);
  EXPECT_EQ(json_lines.wait(), 0);
  EXPECT_THAT(json_lines.bytes(), HasSubstr("{\"id\":"));
}

TEST_F(TerminalTest, FitsTheTerminal) {
  for (int i = 0; i < 10; ++i) start("Task " + std::to_string(i), 60'000);
  Pty tail(command({"tasks/alice"}), 80, 6);
  ASSERT_TRUE(tail.wait_for("more: 7 unfinished")) << tail.screen();
  EXPECT_LE(tail.terminal().lines().size(), 5U) << tail.screen();
  tail.resize(80, 20);
  EXPECT_TRUE(tail.wait_until([](const Terminal& terminal) { return terminal.count("Task ") == 10; })) << tail.screen();
}

}  // namespace
}  // namespace taskwire::test
