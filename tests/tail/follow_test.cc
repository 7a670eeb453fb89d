#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tail/runs.h"

namespace taskwire::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const json kShort = {{"params", {{"durationMs", 400}, {"steps", 4}}}};
const json kLong = {{"params", {{"durationMs", 60'000}, {"steps", 600}}}};
const json kFailing = {{"params", {{"durationMs", 400}, {"steps", 4}, {"failAt", 50}}}};

class FollowTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }
  std::vector<std::string> command(std::vector<std::string> arguments) const {
    return tail_command(services.edge.address(), std::move(arguments));
  }
  Ran tail(std::vector<std::string> arguments) const { return run(command(std::move(arguments))); }
  std::string start(const json& body) const { return start_task(port(), body); }
  /// The id that an interrupted run says to go on with.
  static std::string resume_id(const std::string& output) {
    constexpr std::string_view kFlag = "--last-event-id ";
    const auto at = output.find(kFlag);
    EXPECT_NE(at, std::string::npos) << output;
    return at == std::string::npos ? "" : output.substr(at + kFlag.size(), output.find('\n', at) - at - kFlag.size());
  }
  /// The id after which nothing more has happened.
  std::string head() const { return get(port(), "/api/tasks/alice").json().value("asOf", ""); }

  Services services{{}, {"--retry-min", "50ms", "--retry-max", "100ms"}};
};

TEST_F(FollowTest, EndsWithATaskThatSucceeds) {
  const auto ran = tail({"tasks/alice/" + start(kShort)});
  EXPECT_EQ(ran.status, 0) << ran.output;
  const auto data = data_of(ran.output);
  ASSERT_FALSE(data.empty());
  EXPECT_EQ(data.back()["status"], "succeeded");
}

TEST_F(FollowTest, TellsWhyATaskFailed) {
  const auto ran = tail({"tasks/alice/" + start(kFailing)});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.output, HasSubstr("the task failed: SIMULATED_FAILURE: "));
}

TEST_F(FollowTest, EndsWithATaskThatIsCancelled) {
  const auto id = start(kLong);
  Process tail(command({"tasks/alice/" + id}));
  ASSERT_TRUE(tail.wait_for_line("\"running\"")) << tail.output();
  ASSERT_EQ(post(port(), task_path(id) + "/cancel", json::object()).status, 202);
  EXPECT_EQ(tail.wait(), 3) << tail.output();
}

TEST_F(FollowTest, SaysThatATaskIsNotKnown) {
  const auto ran = tail({"tasks/alice/aaaaaaaaaaaa"});
  EXPECT_EQ(ran.status, 4);
  EXPECT_THAT(ran.output, HasSubstr("no such task"));
  const auto id = start(kShort);
  ASSERT_TRUE(wait_for_state(port(), id, "succeeded"));
  ASSERT_EQ(request(port(), "DELETE", task_path(id)).status, 204);
  EXPECT_EQ(tail({"tasks/alice/" + id}).status, 4) << "deleted";
}

TEST_F(FollowTest, KnowsHowATaskEndedThatAnEarlierRunHasShown) {
  const auto id = start(kFailing);
  ASSERT_TRUE(wait_for_state(port(), id, "failed"));
  const auto ran = tail({"--last-event-id", head(), "tasks/alice/" + id});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.output, HasSubstr("SIMULATED_FAILURE"));
  EXPECT_THAT(events_of(ran.output), ElementsAre()) << "shown once is enough";
}

TEST_F(FollowTest, GoesOnWhereAnEndWasNotTheLast) {
  const auto before = head();
  const auto id = start({{"params", {{"durationMs", 2000}, {"steps", 4}}}});
  ASSERT_TRUE(wait_for_state(port(), id, "running"));
  ASSERT_EQ(post(port(), task_path(id) + "/cancel", json::object()).status, 202);
  ASSERT_TRUE(wait_for_state(port(), id, "cancelled"));
  ASSERT_EQ(post(port(), task_path(id) + "/retry", json::object()).status, 202);
  const auto ran = tail({"--last-event-id", before, "tasks/alice/" + id});
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("\"status\":\"cancelled\""));
  EXPECT_EQ(data_of(ran.output).back()["status"], "succeeded");
}

TEST_F(FollowTest, StopsAtTheCountAndShowsOnlyTheTypesWanted) {
  for (const auto* type : {"a", "b", "a", "b", "a"})
    ASSERT_EQ(post(port(), std::string("/publish/news?event=") + type, type).status, 202);
  const auto ran = tail({"--from", "earliest", "--types", "a", "--count", "2", "channels/news"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(data_of(ran.output), ElementsAre("a", "a"));
}

TEST_F(FollowTest, SaysWhereToGoOnWhenInterrupted) {
  Process first(command({"--from", "earliest", "channels/news"}));
  ASSERT_EQ(post(port(), "/publish/news", 1).status, 202);
  ASSERT_TRUE(first.wait_for_line("\"data\":1}")) << first.output();
  first.signal(SIGINT);
  EXPECT_EQ(first.wait(), 130);
  for (const int i : {2, 3}) ASSERT_EQ(post(port(), "/publish/news", i).status, 202);
  EXPECT_THAT(data_of(tail({"--last-event-id", resume_id(first.output()), "--count", "2", "channels/news"}).output),
              ElementsAre(2, 3));
}

TEST_F(FollowTest, EndsBySigtermToo) {
  Process tail(command({"--from", "earliest", "channels/news"}));
  ASSERT_TRUE(tail.wait_for_line("\"synced\"")) << tail.output();
  tail.signal(SIGTERM);
  EXPECT_EQ(tail.wait(), 143);
}

TEST_F(FollowTest, ExitsQuietlyWhenTheFarSideOfAPipeCloses) {
  const std::string command = program_path("taskwire-tail") + " --edge " + services.edge.address() +
                              " --from earliest channels/news | head -n 1; echo status ${PIPESTATUS[0]}";
  const auto ran = run({"bash", "-c", command});  // nothing is ever published: the reset is all that comes
  EXPECT_THAT(ran.output, HasSubstr("\"reset\""));
  EXPECT_THAT(ran.output, HasSubstr("status 0\n"));
  EXPECT_THAT(ran.output, Not(HasSubstr("taskwire-tail:")));
}

TEST_F(FollowTest, StopsThoughNobodyReadsAndSaysWhatWasWrittenWhole) {
  const std::string text(50'000, 'x');
  for (const int i : {1, 2, 3}) ASSERT_EQ(post(port(), "/publish/news", std::to_string(i) + text).status, 202);
  const std::string fifo = services.data.path() / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const int fd = open(fifo.c_str(), O_RDWR | O_CLOEXEC);
  Process tail({"bash", "-c",
                "exec " + program_path("taskwire-tail") + " --edge " + services.edge.address() +
                    " --from earliest --types message channels/news > " + fifo});
  // A pipe holds 64 KiB at most: the second event has begun and finds no end.
  ASSERT_TRUE(eventually([&] {
    int waiting = 0;
    return ioctl(fd, FIONREAD, &waiting) == 0 && waiting > 54'000;
  })) << tail.output();
  tail.signal(SIGINT);
  EXPECT_EQ(tail.wait(), 130) << tail.output();
  close(fd);
  const auto ran = this->tail({"--last-event-id", resume_id(tail.output()), "--count", "2", "channels/news"});
  EXPECT_THAT(data_of(ran.output), ElementsAre("2" + text, "3" + text));
}

TEST_F(FollowTest, SaysThatItsOutputCannotBeWritten) {
  const auto ran = run({"bash", "-c",
                        program_path("taskwire-tail") + " --edge " + services.edge.address() +
                            " --from earliest channels/news > /dev/full"});
  EXPECT_EQ(ran.status, 6);
  EXPECT_THAT(ran.output, HasSubstr("No space left"));
}

TEST_F(FollowTest, NamesWhatItDoesNotUnderstand) {
  const auto ran = tail({"nonsense"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.output, HasSubstr("nonsense"));
}

TEST_F(FollowTest, SaysWhyTheServerRefused) {
  const auto ran = tail({"/api/events?topic=nonsense"});
  EXPECT_EQ(ran.status, 5);
  EXPECT_THAT(ran.output, HasSubstr("A topic is tasks/{user}"));
  EXPECT_EQ(tail({"/api/tasks/alice"}).status, 5) << "no event stream";
}

}  // namespace
}  // namespace taskwire::test
