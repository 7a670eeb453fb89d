#include "view/outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "view/now.h"

namespace taskwire::view {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;

class OutputsTest : public testing::Test {
 protected:
  Task task(const std::string& id, TaskState state = TaskState::running, int attempt = 1) {
    Task task;
    task.id = id;
    task.user = "alice";
    task.state = state;
    task.attempt = attempt;
    return task;
  }
  int open(const std::string& id) {
    outputs_.open(task(id), now_);
    return outputs_.find(id)->number;
  }
  std::string print(int feed, const std::string& text, int place) {
    const std::string id = "e1-1." + std::to_string(place);
    return outputs_.received(feed, {{"output", id, R"({"stream":"stdout","text":")" + text + "\"}"}}, id, now_);
  }
  /// The URLs of the streams that are to be open.
  std::vector<std::string> streams() {
    std::vector<std::string> urls;
    for (const auto* feed : outputs_.feeds()) {
      if (feed->connection.stream() != 0) urls.push_back(feed->url());
    }
    return urls;
  }

  Time now_ = kNow;
  Outputs outputs_{[] { return 0.5; }};
};

TEST_F(OutputsTest, ReadsWhatIsOpen) {
  EXPECT_THAT(streams(), IsEmpty());
  open("a");
  EXPECT_THAT(streams(), ElementsAre("/api/tasks/alice/a/output"));
  outputs_.close("a", now_);
  EXPECT_THAT(streams(), IsEmpty());
  EXPECT_EQ(outputs_.find("a"), nullptr);
}

TEST_F(OutputsTest, GoesOnAfterTheLastId) {
  const int feed = open("a");
  outputs_.opened(feed, now_);
  EXPECT_EQ(print(feed, "x", 1), "a");
  EXPECT_EQ(outputs_.find("a")->status(), "");
  outputs_.broke(feed, now_, {});
  EXPECT_THAT(streams(), IsEmpty());
  EXPECT_EQ(outputs_.find("a")->status(), "Connection lost, reconnecting.");
  ASSERT_TRUE(outputs_.deadline());
  now_ = *outputs_.deadline();
  outputs_.tick(now_);
  EXPECT_THAT(streams(), ElementsAre("/api/tasks/alice/a/output?lastEventId=e1-1.1"));
  EXPECT_EQ(outputs_.find("a")->output.blocks().size(), 1U) << "what was read stays";
}

TEST_F(OutputsTest, IsOverAtTheEnd) {
  const int feed = open("a");
  outputs_.opened(feed, now_);
  print(feed, "x", 1);
  EXPECT_EQ(outputs_.received(feed, {{"end", "e1-1.2", "{}"}}, "e1-1.2", now_), "a");
  EXPECT_THAT(streams(), IsEmpty());
  EXPECT_EQ(outputs_.deadline(), std::nullopt);
  EXPECT_EQ(outputs_.find("a")->status(), "That is all.");
  EXPECT_EQ(print(feed, "late", 9), "") << "of a stream that was closed";
}

TEST_F(OutputsTest, IsOverWhenTheServerSaysSo) {
  const int feed = open("a");
  EXPECT_EQ(outputs_.refused(feed, {204}, now_), "a");
  EXPECT_THAT(streams(), IsEmpty());
  EXPECT_EQ(outputs_.find("a")->problem, "");
  outputs_.refused(open("b"), {404}, now_);
  EXPECT_EQ(outputs_.find("b")->problem, "");
  outputs_.refused(open("c"), {403, R"({"title":"Forbidden","detail":"That is not yours."})"}, now_);
  EXPECT_EQ(outputs_.find("c")->status(), "That is not yours.");
  EXPECT_THAT(streams(), IsEmpty());
}

TEST_F(OutputsTest, AsksAgainWhereThatMayHelp) {
  const int feed = open("a");
  outputs_.refused(feed, {503, {}, Millis(7'000)}, now_);
  EXPECT_FALSE(outputs_.find("a")->is_over);
  outputs_.tick(now_ + Millis(6'900));
  EXPECT_THAT(streams(), IsEmpty());
  outputs_.tick(now_ + Millis(120'000));
  EXPECT_EQ(streams().size(), 1U);
}

TEST_F(OutputsTest, GoesOnWithANewAttempt) {
  const int feed = open("a");
  outputs_.received(feed, {{"end", "e1-1.2", "{}"}}, "e1-1.2", now_);
  outputs_.heard_of(task("a"), now_);
  outputs_.heard_of(task("b", TaskState::running, 2), now_);
  EXPECT_THAT(streams(), IsEmpty()) << "old news, and of another";
  outputs_.heard_of(task("a", TaskState::queued, 2), now_);
  EXPECT_THAT(streams(), ElementsAre("/api/tasks/alice/a/output?lastEventId=e1-1.2"));
  outputs_.received(feed, {{"end", "e1-2.2", "{}"}}, "e1-2.2", now_);
  outputs_.heard_of(task("a", TaskState::failed, 3), now_);
  EXPECT_EQ(streams().size(), 1U) << "an attempt that was over before it was heard of";
}

TEST_F(OutputsTest, GoesOnWhereANewAttemptWasHeardOfBeforeTheEndOfTheLast) {
  const int feed = open("a");
  outputs_.opened(feed, now_);
  print(feed, "x", 1);
  outputs_.heard_of(task("a", TaskState::queued, 2), now_);
  outputs_.received(feed, {{"end", "e1-1.2", "{}"}}, "e1-1.2", now_);
  EXPECT_THAT(streams(), ElementsAre("/api/tasks/alice/a/output?lastEventId=e1-1.2"));
  EXPECT_EQ(outputs_.find("a")->status(), "");
  outputs_.received(feed, {{"output", "e1-2.1", R"({"stream":"stdout","text":"y"})"}}, "e1-2.1", now_);
  outputs_.received(feed, {{"end", "e1-2.2", "{}"}}, "e1-2.2", now_);
  EXPECT_EQ(outputs_.find("a")->status(), "That is all.");
}

TEST_F(OutputsTest, AsksAgainWhereANewAttemptWasHeardOfBeforeTheAnswer) {
  const int feed = open("a");
  const int stream = outputs_.find("a")->connection.stream();
  outputs_.heard_of(task("a", TaskState::queued, 2), now_);
  EXPECT_NE(outputs_.find("a")->connection.stream(), stream) << "what is under way may be answered 204";
  outputs_.refused(feed, {204}, now_);
  EXPECT_EQ(outputs_.find("a")->status(), "That is all.") << "of the attempt that was heard of";
}

TEST_F(OutputsTest, IsOverAtAnEndThatSaysNotOfWhichAttempt) {
  const int feed = open("a");
  outputs_.opened(feed, now_);
  outputs_.heard_of(task("a", TaskState::queued, 2), now_);
  outputs_.received(feed, {{"end", "", "{}"}}, "", now_);
  EXPECT_EQ(outputs_.find("a")->status(), "That is all.");
}

TEST_F(OutputsTest, ReadsTwoAtATimeThoseOpenedLast) {
  open("a");
  open("b");
  const int c = open("c");
  EXPECT_THAT(streams(), ElementsAre("/api/tasks/alice/b/output", "/api/tasks/alice/c/output"));
  EXPECT_TRUE(outputs_.find("a")->is_waiting);
  EXPECT_NE(outputs_.find("a")->status(), "");
  outputs_.received(c, {{"end", "e1-1.2", "{}"}}, "e1-1.2", now_);
  EXPECT_THAT(streams(), ElementsAre("/api/tasks/alice/a/output", "/api/tasks/alice/b/output"));
  EXPECT_FALSE(outputs_.find("a")->is_waiting);
}

TEST_F(OutputsTest, StopsWhileNothingIsToBeRead) {
  open("a");
  outputs_.set_on(false, now_);
  EXPECT_THAT(streams(), IsEmpty());
  open("b");
  EXPECT_THAT(streams(), IsEmpty());
  outputs_.set_on(true, now_);
  EXPECT_EQ(streams().size(), 2U);
  outputs_.pause();
  EXPECT_THAT(streams(), IsEmpty());
  outputs_.resume(now_);
  EXPECT_EQ(streams().size(), 2U);
}

TEST_F(OutputsTest, KeepsNoStreamWhileNobodyLooks) {
  const int feed = open("a");
  outputs_.opened(feed, now_);
  print(feed, "x", 1);
  outputs_.see(false, now_);
  EXPECT_THAT(streams(), IsEmpty());
  EXPECT_EQ(outputs_.deadline(), std::nullopt);
  open("b");
  outputs_.pause();
  outputs_.resume(now_);
  EXPECT_THAT(streams(), IsEmpty());
  outputs_.see(true, now_);
  EXPECT_THAT(streams(), ElementsAre("/api/tasks/alice/a/output?lastEventId=e1-1.1", "/api/tasks/alice/b/output"));
  const int stream = outputs_.find("a")->connection.stream();
  outputs_.see(true, now_);
  EXPECT_EQ(outputs_.find("a")->connection.stream(), stream);
  EXPECT_EQ(outputs_.find("a")->output.blocks().size(), 1U) << "what was read stays";
}

TEST_F(OutputsTest, LeavesAStreamThatIsSilentForTooLong) {
  const int feed = open("a");
  outputs_.opened(feed, now_);
  outputs_.received(feed, {{"heartbeat", "", R"({"intervalMs":1000})"}}, "", now_);
  const int stream = outputs_.find("a")->connection.stream();
  now_ += std::chrono::minutes(10);
  outputs_.tick(now_);  // the page may have slept
  now_ += std::chrono::minutes(1);
  outputs_.tick(now_);
  EXPECT_NE(outputs_.find("a")->connection.stream(), stream);
}

TEST_F(OutputsTest, SaysThatTheEngineIsAway) {
  const int feed = open("a");
  outputs_.opened(feed, now_);
  outputs_.received(feed, {{"upstream", "", R"({"state":"down"})"}}, "", now_);
  EXPECT_EQ(outputs_.find("a")->status(), "Waiting for the engine.");
  outputs_.received(feed, {{"upstream", "", R"({"state":"up"})"}}, "", now_);
  EXPECT_EQ(outputs_.find("a")->status(), "");
}

TEST_F(OutputsTest, SaysWhatStandsAboveAndWhatWasLeftOutThere) {
  const int feed = open("a");
  const auto skip = [&](int from, int to) {
    const auto id = [](int place) { return "e1-1." + std::to_string(place); };
    outputs_.received(feed, {{"skipped", id(to), R"({"from":")" + id(from) + R"(","to":")" + id(to) + "\"}"}}, id(to),
                      now_);
  };
  const auto above = [&] { return outputs_.find("a")->above(); };
  const std::string text(4095, 'x');
  print(feed, text, 4096);
  EXPECT_EQ(above(), "");
  int place = 4096;
  for (int i = 0; i < 128; ++i) print(feed, text, place += 4096);
  EXPECT_THAT(above(), MatchesRegex("[0-9]+ KiB stand above, and are not shown here\\."));
  outputs_.received(feed, {{"reset", "", "{}"}}, "", now_);
  skip(0, place = 50 << 20);
  for (int i = 0; i < 128; ++i) print(feed, text, place += 4096);
  EXPECT_THAT(above(), MatchesRegex("[0-9]+ KiB stand above, and are not shown here; 50 MiB were left out there\\."));
}

TEST_F(OutputsTest, IgnoresNewsOfAStreamThatIsGone) {
  const int feed = open("a");
  outputs_.close("a", now_);
  EXPECT_EQ(outputs_.opened(feed, now_), "");
  EXPECT_EQ(outputs_.broke(feed, now_, {}), "");
  EXPECT_EQ(outputs_.refused(feed, {404}, now_), "");
  EXPECT_EQ(print(feed, "x", 1), "");
  EXPECT_NE(open("a"), feed);
}

}  // namespace
}  // namespace taskwire::view
