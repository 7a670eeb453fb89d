#include "view/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Time kStart{Millis(1'000'000)};

Task task(std::string id, Sequence sequence, TaskState state = TaskState::running, Millis created = Millis(0)) {
  Task task;
  task.id = task.name = std::move(id);
  task.user = "alice";
  task.state = state;
  task.cursor = {"e1", sequence};
  task.created = kStart + created;
  return task;
}

TaskDeleted deletion(std::string id, Sequence sequence) {
  return {std::move(id), "alice", {"e1", sequence}};
}

std::vector<std::string> shown(const Board& board) {
  std::vector<std::string> ids;
  for (const auto* shown : board.shown()) ids.push_back(shown->id);
  return ids;
}

TEST(Board, ShowsTheNewestFirst) {
  Board board;
  board.apply(task("old", 7, TaskState::running, Millis(1)));
  board.apply(task("new", 8, TaskState::running, Millis(9)));
  board.apply(task("mid", 9, TaskState::running, Millis(5)));
  EXPECT_THAT(shown(board), ElementsAre("new", "mid", "old"));
}

TEST(Board, ShowsThoseOfOneMomentInTheOrderOfTheirEvents) {
  Board board;
  board.apply(task("a", 1));
  board.apply(task("b", 2));
  EXPECT_THAT(shown(board), ElementsAre("b", "a"));
}

TEST(Board, OrdersByTheLastEventWhereCreationIsNotKnown) {
  Board board;
  auto first = task("first", 1);
  first.created.reset();
  first.updated = kStart + Millis(50);
  board.apply(first);
  board.apply(task("second", 2, TaskState::running, Millis(10)));
  EXPECT_THAT(shown(board), ElementsAre("first", "second"));
}

TEST(Board, TakesAnUpdateOnce) {
  Board board;
  EXPECT_TRUE(board.apply(task("a", 5)));
  EXPECT_FALSE(board.apply(task("a", 5, TaskState::failed)));
  EXPECT_EQ(board.find("a")->state, TaskState::running);
}

TEST(Board, IgnoresAnOlderUpdate) {
  Board board;
  board.apply(task("a", 5, TaskState::succeeded));
  EXPECT_FALSE(board.apply(task("a", 4)));
  EXPECT_EQ(board.find("a")->state, TaskState::succeeded);
}

TEST(Board, KeepsItsOrderWhenATaskChanges) {
  Board board;
  board.apply(task("a", 1, TaskState::running, Millis(1)));
  board.apply(task("b", 2, TaskState::running, Millis(2)));
  board.apply(task("a", 3, TaskState::succeeded, Millis(1)));
  EXPECT_THAT(shown(board), ElementsAre("b", "a"));
}

TEST(Board, ForgetsADeletedTask) {
  Board board;
  board.apply(task("a", 1));
  EXPECT_TRUE(board.remove(deletion("a", 2)));
  EXPECT_EQ(board.find("a"), nullptr);
  EXPECT_THAT(shown(board), IsEmpty());
}

TEST(Board, IgnoresADeletionThatIsNotNewer) {
  Board board;
  board.apply(task("a", 5));
  EXPECT_FALSE(board.remove(deletion("a", 5)));
  EXPECT_FALSE(board.remove(deletion("b", 9)));
  EXPECT_NE(board.find("a"), nullptr);
}

TEST(Board, TakesAnythingAfterAReset) {
  Board board;
  board.apply(task("a", 900, TaskState::running));
  board.begin_anew();
  EXPECT_TRUE(board.is_loading());
  EXPECT_TRUE(board.apply(task("a", 3, TaskState::failed)));
  EXPECT_FALSE(board.apply(task("a", 3)));
  EXPECT_TRUE(board.apply(task("a", 4)));
}

TEST(Board, KeepsRowsInSightUntilSynced) {
  Board board;
  board.apply(task("a", 1));
  board.begin_anew();
  EXPECT_THAT(shown(board), ElementsAre("a"));
  board.finish_anew();
  EXPECT_THAT(shown(board), IsEmpty());
}

TEST(Board, DropsAtSyncedWhatWasNotSentAgain) {
  Board board;
  board.apply(task("a", 1));
  board.apply(task("b", 2));
  board.begin_anew();
  board.apply(task("b", 2));
  board.finish_anew();
  EXPECT_THAT(shown(board), ElementsAre("b"));
  EXPECT_FALSE(board.is_loading());
}

TEST(Board, CountsOnlyTheLastOfSeveralResets) {
  Board board;
  board.begin_anew();
  board.apply(task("a", 1));
  board.begin_anew();
  board.apply(task("b", 2));
  board.finish_anew();
  EXPECT_THAT(shown(board), ElementsAre("b"));
}

TEST(Board, TakesADeletionOfAStaleRow) {
  Board board;
  board.apply(task("a", 900));
  board.begin_anew();
  EXPECT_TRUE(board.remove(deletion("a", 3)));
}

TEST(Board, IsKnownOnceItWasComplete) {
  Board board;
  board.begin_anew();
  EXPECT_FALSE(board.is_known());
  board.finish_anew();
  EXPECT_TRUE(board.is_known());
  board.begin_anew();
  EXPECT_TRUE(board.is_known());
  board.clear();
  EXPECT_FALSE(board.is_known());
}

TEST(Board, CountsStates) {
  Board board;
  board.apply(task("a", 1, TaskState::queued));
  board.apply(task("b", 2, TaskState::running));
  board.apply(task("c", 3, TaskState::failed));
  board.apply(task("d", 4, TaskState::unknown));
  board.apply(task("a", 5, TaskState::succeeded));
  board.remove(deletion("c", 6));
  EXPECT_EQ(board.count(Board::Filter::all), 3U);
  EXPECT_EQ(board.count(Board::Filter::active), 2U);
  EXPECT_EQ(board.count(Board::Filter::succeeded), 1U);
  EXPECT_EQ(board.count(Board::Filter::failed), 0U);
  EXPECT_EQ(board.count(Board::Filter::cancelled), 0U);
}

TEST(Board, ShowsWhatTheFilterAsksFor) {
  Board board;
  board.apply(task("a", 1, TaskState::cancelled));
  board.apply(task("b", 2, TaskState::cancelling));
  board.set_filter(Board::Filter::cancelled);
  EXPECT_THAT(shown(board), ElementsAre("a"));
  board.set_filter(Board::Filter::active);
  EXPECT_THAT(shown(board), ElementsAre("b"));
}

TEST(Board, ShowsAPageAndThenMore) {
  Board board;
  for (int i = 0; i < 120; ++i) board.apply(task("t" + std::to_string(i), i + 1));
  EXPECT_EQ(board.shown().size(), Board::kPage);
  EXPECT_EQ(board.shown().front()->id, "t119");
  board.show_more();
  EXPECT_EQ(board.shown().size(), 2 * Board::kPage);
  board.show_more();
  EXPECT_EQ(board.shown().size(), 120U);
  board.set_filter(Board::Filter::active);
  EXPECT_EQ(board.shown().size(), Board::kPage);
}

TEST(Board, MarksChangedRowsOnce) {
  Board board;
  board.apply(task("a", 1));
  board.apply(task("b", 2));
  board.apply(task("a", 3));
  EXPECT_THAT(board.take_changed(), ElementsAre("a", "b"));
  EXPECT_THAT(board.take_changed(), IsEmpty());
  board.touch("b");
  board.touch("b");
  board.touch("gone");
  EXPECT_THAT(board.take_changed(), ElementsAre("b"));
}

TEST(Board, MarksNothingForWhatIsIgnored) {
  Board board;
  board.apply(task("a", 2));
  (void)board.take_changed();
  (void)board.take_order_changed();
  board.apply(task("a", 1));
  EXPECT_THAT(board.take_changed(), IsEmpty());
  EXPECT_FALSE(board.take_order_changed());
}

TEST(Board, SaysWhenTheListIsAnotherOne) {
  Board board;
  EXPECT_TRUE(board.take_order_changed());
  EXPECT_FALSE(board.take_order_changed());
  board.apply(task("a", 1));
  EXPECT_TRUE(board.take_order_changed());
  board.apply(task("a", 2));
  EXPECT_FALSE(board.take_order_changed());
  board.apply(task("a", 3, TaskState::succeeded));
  EXPECT_TRUE(board.take_order_changed());
  board.remove(deletion("a", 4));
  EXPECT_TRUE(board.take_order_changed());
  board.set_filter(Board::Filter::failed);
  EXPECT_TRUE(board.take_order_changed());
  board.set_filter(Board::Filter::failed);
  EXPECT_FALSE(board.take_order_changed());
}

}  // namespace
}  // namespace taskwire::view
