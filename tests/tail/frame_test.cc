#include "tail/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tail/tasks.h"

namespace taskwire::tail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using view::TaskState;

std::vector<std::string> lines_of(view::Board& board, std::size_t lines) {
  return task_lines(board, view::Time(), 60, lines, {});
}

TEST(Frame, ShowsTheNewestTaskLast) {
  view::Board board;
  board.apply(make_task("new", TaskState::queued, 0, 9));
  board.apply(make_task("old", TaskState::succeeded, 100, 1));
  EXPECT_THAT(lines_of(board, 5), ElementsAre(HasSubstr("Data old"), HasSubstr("Data new")));
}

TEST(Frame, ShowsUnfinishedTasksFirstWhereRoomIsShort) {
  view::Board board;
  board.apply(make_task("running", TaskState::running, 10, 1));
  for (int i = 2; i < 9; ++i) board.apply(make_task("ended" + std::to_string(i), TaskState::succeeded, 100, i));
  EXPECT_THAT(lines_of(board, 3),
              ElementsAre(HasSubstr("Data running"), HasSubstr("Data ended8"), StartsWith("more: 6 succeeded")));
}

TEST(Frame, CountsWhatFindsNoRoom) {
  view::Board board;
  board.apply(make_task("a", TaskState::running, 10, 1));
  board.apply(make_task("b", TaskState::queued, 0, 2));
  board.apply(make_task("c", TaskState::failed, 10, 3));
  board.apply(make_task("d", TaskState::cancelled, 10, 4));
  EXPECT_THAT(lines_of(board, 4).size(), 4U);
  EXPECT_THAT(lines_of(board, 2), ElementsAre(HasSubstr("Data b"), "more: 1 unfinished, 1 failed, 1 cancelled"));
  EXPECT_THAT(lines_of(board, 1), ElementsAre("more: 2 unfinished, 1 failed, 1 cancelled"));
  EXPECT_THAT(lines_of(board, 0), ElementsAre());
}

TEST(Frame, CountsMoreTasksThanTheBoardShows) {
  view::Board board;
  for (int i = 0; i < 500; ++i) board.apply(make_task("t" + std::to_string(i), TaskState::succeeded, 100, i));
  const auto lines = lines_of(board, 200);
  EXPECT_EQ(lines.back(), "more: " + std::to_string(500 - (lines.size() - 1)) + " succeeded");
}

TEST(Frame, NamesTheUserWhereThereAreSeveral) {
  view::Board board;
  board.apply(make_task("a", TaskState::running, 10, 1));
  EXPECT_THAT(lines_of(board, 5), ElementsAre(testing::Not(HasSubstr("alice"))));
  auto other = make_task("b", TaskState::running, 10, 2);
  other.user = "bob";
  board.apply(other);
  EXPECT_THAT(lines_of(board, 5), ElementsAre(HasSubstr("alice/Data a"), HasSubstr("bob/Data b")));
}

TEST(Frame, ForgetsAfterAResetWhatWasNotSentAgain) {
  view::Board board;
  board.apply(make_task("a", TaskState::running, 10, 1));
  board.apply(make_task("b", TaskState::running, 10, 2));
  board.begin_anew();
  board.apply(make_task("b", TaskState::succeeded, 100, 3));
  board.finish_anew();
  EXPECT_THAT(lines_of(board, 5), ElementsAre(HasSubstr("Data b")));
}

}  // namespace
}  // namespace taskwire::tail
