#include "tail/course.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::tail {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Aim = Course::Aim;

constexpr const char* kTask = "k3v7qm2xw5ta";
const Cut kLost{Cut::Kind::lost, "connection refused"};
const Cut kEnded{Cut::Kind::ended, "the stream ended"};

Cut refused(unsigned status, std::chrono::milliseconds retry_after = 0ms) {
  return {Cut::Kind::refused, "refused", status, retry_after};
}

Course course_of(const std::string& task_id, bool retries = true) {
  return Course(task_id, retries, Backoff({}, [] { return 0.5; }));
}

/// The next event of the task.
view::Task task(view::TaskState state) {
  static Sequence sequence = 0;
  view::Task task;
  task.id = kTask;
  task.cursor = {"e1", ++sequence};
  task.state = state;
  task.error_reason = "BROKEN";
  task.error_message = "it broke";
  return task;
}

/// The end that a stream of one task comes to when its last event was `message`.
Ending ending_after(const view::Message& message) {
  auto course = course_of(kTask);
  course.saw(message);
  EXPECT_FALSE(course.after(kEnded, 0ms).ending) << "an end is believed when nothing follows";
  EXPECT_EQ(course.aim(), Aim::confirm);
  return course.after(refused(204), 0ms).ending.value_or(Ending{ExitStatus::usage, "no end"});
}

TEST(Course, EndsAsItsTaskDoes) {
  EXPECT_EQ(ending_after(task(view::TaskState::succeeded)).status, ExitStatus::ok);
  EXPECT_EQ(ending_after(task(view::TaskState::cancelled)).status, ExitStatus::cancelled);
  const auto failed = ending_after(task(view::TaskState::failed));
  EXPECT_EQ(failed.status, ExitStatus::failed);
  EXPECT_THAT(failed.message, HasSubstr("BROKEN: it broke"));
  EXPECT_EQ(ending_after(view::TaskDeleted{kTask, "alice", {}}).status, ExitStatus::gone);
}

TEST(Course, BelievesAnEndWhenNobodyAnswers) {
  for (const auto& cut : {kLost, kEnded, refused(204), refused(404), refused(503)}) {
    auto course = course_of(kTask);
    course.saw(task(view::TaskState::succeeded));
    ASSERT_FALSE(course.after(kLost, 3s).ending);
    const auto next = course.after(cut, 3s);
    ASSERT_TRUE(next.ending) << cut.why;
    EXPECT_EQ(next.ending->status, ExitStatus::ok);
  }
}

TEST(Course, AsksAtOnceWhetherAnEndIsOne) {
  auto course = course_of(kTask);
  course.saw(task(view::TaskState::failed));
  EXPECT_EQ(course.after(kEnded, 3s).delay, 0ms);
}

TEST(Course, GoesOnWhereATaskWasRetried) {
  auto course = course_of(kTask);
  course.saw(task(view::TaskState::failed));
  ASSERT_FALSE(course.after(kEnded, 0ms).ending);
  course.saw(task(view::TaskState::queued));
  EXPECT_EQ(course.aim(), Aim::follow);
  EXPECT_FALSE(course.after(kLost, 0ms).ending);
  course.saw(task(view::TaskState::succeeded));
  ASSERT_FALSE(course.after(kEnded, 0ms).ending);
  EXPECT_EQ(course.after(refused(204), 0ms).ending->status, ExitStatus::ok);
}

TEST(Course, IsNotMisledByAnEndToldAgain) {
  auto course = course_of(kTask);
  const auto ended = task(view::TaskState::succeeded);
  course.saw(ended);
  ASSERT_FALSE(course.after(kLost, 0ms).ending);
  course.saw(ended);
  EXPECT_EQ(course.after(kEnded, 0ms).ending->status, ExitStatus::ok);
}

TEST(Course, AsksForAnOutcomeThatWasShownBefore) {
  auto course = course_of(kTask);
  EXPECT_FALSE(course.after(refused(204), 0ms).ending);
  EXPECT_EQ(course.aim(), Aim::outcome);
  EXPECT_FALSE(course.after(kLost, 0ms).ending) << "nobody has said it yet";
  course.saw(task(view::TaskState::cancelled));
  EXPECT_EQ(course.after(kEnded, 0ms).ending->status, ExitStatus::cancelled);
}

TEST(Course, FollowsATaskThatWasRetriedWhileItAsked) {
  auto course = course_of(kTask);
  ASSERT_FALSE(course.after(refused(204), 0ms).ending);
  course.saw(task(view::TaskState::running));
  EXPECT_EQ(course.aim(), Aim::follow);
}

TEST(Course, EndsWithAStreamThatIsOver) {
  EXPECT_EQ(course_of("").after(refused(204), 0ms).ending->status, ExitStatus::ok);
}

TEST(Course, EndsWhereTheTaskIsNotKnown) {
  const auto next = course_of(kTask).after(refused(404), 0ms);
  ASSERT_TRUE(next.ending);
  EXPECT_EQ(next.ending->status, ExitStatus::gone);
  EXPECT_EQ(next.ending->message, "refused");
}

TEST(Course, EndsWhereItIsRefused) {
  for (const unsigned status : {200U, 301U, 400U, 403U, 404U, 421U}) {
    const auto next = course_of("").after(refused(status), 0ms);
    ASSERT_TRUE(next.ending) << status;
    EXPECT_EQ(next.ending->status, ExitStatus::refused) << status;
  }
}

TEST(Course, TriesAgainWhereWaitingMayHelp) {
  for (const auto& cut : {kLost, kEnded, refused(429), refused(500), refused(503)})
    EXPECT_FALSE(course_of("").after(cut, 0ms).ending) << cut.status;
}

TEST(Course, TriesAgainOnlyWhereItMay) {
  EXPECT_EQ(course_of("", false).after(kLost, 0ms).ending->status, ExitStatus::lost);
  EXPECT_EQ(course_of("", false).after(kEnded, 0ms).ending->status, ExitStatus::lost);
  EXPECT_EQ(course_of("", false).after(refused(503), 0ms).ending->status, ExitStatus::refused);
  auto of_task = course_of(kTask, false);
  of_task.saw(task(view::TaskState::succeeded));
  EXPECT_EQ(of_task.after(kEnded, 0ms).ending->status, ExitStatus::ok);
}

TEST(Course, WaitsLongerEachTimeUntilTheStreamGoesOn) {
  auto course = course_of("");
  EXPECT_EQ(course.after(kLost, 0ms).delay, 250ms);
  EXPECT_EQ(course.after(kLost, 0ms).delay, 500ms);
  EXPECT_EQ(course.after(kLost, 0ms).delay, 1000ms);
  course.progressed();
  EXPECT_EQ(course.after(kLost, 0ms).delay, 250ms);
}

TEST(Course, WaitsAsLongAsTheServerWants) {
  auto course = course_of("");
  EXPECT_EQ(course.after(kEnded, 3s).delay, 3s);
  EXPECT_EQ(course.after(refused(503, 20s), 3s).delay, 20s);
}

}  // namespace
}  // namespace taskwire::tail
