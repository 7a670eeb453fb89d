#include "tail/bar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "tail/styles.h"
#include "tail/tasks.h"

namespace taskwire::tail {
namespace {

using testing::HasSubstr;
using testing::Not;
using view::TaskState;

constexpr view::Time kNow(std::chrono::seconds(1010));

TEST(Bar, IsFilledInPart) {
  EXPECT_EQ(bar(0, 4, kPlain), "----");
  EXPECT_EQ(bar(0.5, 4, kPlain), "##--");
  EXPECT_EQ(bar(0.99, 4, kPlain), "###-") << "not full before the end";
  EXPECT_EQ(bar(1, 4, kPlain), "####");
  EXPECT_EQ(bar(-1, 2, kPlain), "--");
  EXPECT_EQ(bar(7, 2, kPlain), "##");
}

TEST(Bar, ShowsEighthsOfAColumn) {
  EXPECT_EQ(bar(0.5, 4, kUnicode), "\u2588\u2588\u00B7\u00B7");
  EXPECT_EQ(bar(1 / 8.0, 1, kUnicode), "\u258F");
  EXPECT_EQ(bar(7 / 8.0, 1, kUnicode), "\u2589");
  EXPECT_EQ(bar(1, 1, kUnicode), "\u2588");
}

TEST(TaskLine, NeverIsWiderThanItsPlace) {
  auto task = make_task("a", TaskState::running, 42);
  task.name = "A name that is rather long, with 日本語";
  task.message = "A message that is even longer than the name of this task is, by far";
  for (int columns = 0; columns < 200; ++columns) {
    for (const auto style : {kPlain, kUnicode})
      EXPECT_LE(columns_of(task_line(task, kNow, columns, 24, style)), columns) << columns;
  }
}

TEST(TaskLine, SaysMoreWhereThereIsMoreRoom) {
  const auto task = make_task("a", TaskState::running, 50);
  EXPECT_EQ(task_line(task, kNow, 8, 0, kPlain), "running");
  EXPECT_EQ(task_line(task, kNow, 25, 0, kPlain), "running     50%  Data a");
  EXPECT_EQ(task_line(task, kNow, 60, 0, kPlain), "running     #####-----  50%  Data a  500/1000 items");
  EXPECT_THAT(task_line(task, kNow, 80, 0, kPlain), HasSubstr(" ##########----------  50%  Data a"));
  EXPECT_THAT(task_line(task, kNow, 120, 8, kPlain), HasSubstr(" ###############---------------  50%  Data a    500"));
}

TEST(TaskLine, TellsStatesApartWithoutColour) {
  std::set<std::string> lines;
  for (int state = 0; state < 6; ++state)
    lines.insert(task_line(make_task("a", static_cast<TaskState>(state), 50), kNow, 80, 0, kPlain));
  EXPECT_EQ(lines.size(), 6U);
  for (const auto& line : lines) EXPECT_THAT(line, Not(HasSubstr("\x1b")));
}

TEST(TaskLine, HasColourWhereThatIsWanted) {
  const auto failed = task_line(make_task("a", TaskState::failed, 50), kNow, 80, 0, {.has_colour = true});
  EXPECT_THAT(failed, HasSubstr("\x1b[31mfailed"));
}

TEST(TaskLine, TellsNoPercentWhereThereIsNone) {
  EXPECT_THAT(task_line(make_task("a", TaskState::queued, 0), kNow, 80, 0, kPlain), Not(HasSubstr("%")));
  auto unknown = make_task("a", TaskState::running, 0);
  unknown.total = 0;
  EXPECT_THAT(task_line(unknown, kNow, 80, 0, kPlain), Not(HasSubstr("%")));
}

TEST(TaskLine, TellsWhyATaskFailed) {
  auto task = make_task("a", TaskState::failed, 50);
  task.error_reason = "BROKEN";
  task.error_message = "it broke";
  task.attempt = 2;
  const auto text = task_text(task, kNow);
  EXPECT_THAT(text, HasSubstr("it broke (BROKEN)"));
  EXPECT_THAT(text, HasSubstr("Attempt 2"));
}

TEST(TaskLine, ObeysNothingThatATaskSays) {
  auto task = make_task("a", TaskState::running, 50);
  task.name = "\x1b]0;title\x07";
  task.message = "\x1b[2J";
  task.stage = "one\ntwo";
  for (const auto& line : {task_line(task, kNow, 120, 0, kPlain), task_text(task, kNow)}) {
    for (const char c : line) EXPECT_TRUE(c < 0 || c >= ' ') << line;
  }
}

}  // namespace
}  // namespace taskwire::tail
