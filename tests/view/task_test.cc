#include "view/task.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

constexpr auto* kFull =
    R"({"eventId":"e1-431","taskId":"k3v7qm2xw5ta","userId":"alice","taskName":"Data Processing","progressPercentage":60,)"
    R"("status":"running","timestamp":"1970-01-01T00:00:04.000Z","message":"Processing data...","type":"simulate",)"
    R"("attempt":2,"lastAttempt":3,"notBefore":"1970-01-01T00:00:05.000Z","done":600,"total":1000,"unit":"items","stage":"Processing","createdAt":"1970-01-01T00:00:01.000Z",)"
    R"("startedAt":"1970-01-01T00:00:02.000Z","finishedAt":"1970-01-01T00:00:03.000Z",)"
    R"("error":{"reason":"INTERRUPTED","message":"It was interrupted."},"later":"keys"})";

Task with(std::string_view members) {
  return decode_task(R"({"eventId":"e1-1","taskId":"a","userId":"alice",)" + std::string(members) + "}").value();
}

TEST(DecodeTask, ReadsEveryKey) {
  const auto task = decode_task(kFull);
  ASSERT_TRUE(task);
  EXPECT_EQ(task->cursor, (Cursor{"e1", 431}));
  EXPECT_EQ(task->id, "k3v7qm2xw5ta");
  EXPECT_EQ(task->user, "alice");
  EXPECT_EQ(task->name, "Data Processing");
  EXPECT_EQ(task->type, "simulate");
  EXPECT_EQ(task->state, TaskState::running);
  EXPECT_EQ(task->percent, 60);
  EXPECT_EQ(task->done, 600);
  EXPECT_EQ(task->total, 1000);
  EXPECT_EQ(task->unit, "items");
  EXPECT_EQ(task->stage, "Processing");
  EXPECT_EQ(task->message, "Processing data...");
  EXPECT_EQ(task->attempt, 2);
  EXPECT_EQ(task->last_attempt, 3);
  EXPECT_EQ(task->not_before, Time(Millis(5'000)));
  EXPECT_EQ(task->created, Time(Millis(1'000)));
  EXPECT_EQ(task->started, Time(Millis(2'000)));
  EXPECT_EQ(task->finished, Time(Millis(3'000)));
  EXPECT_EQ(task->updated, Time(Millis(4'000)));
  EXPECT_EQ(task->error_reason, "INTERRUPTED");
  EXPECT_EQ(task->error_message, "It was interrupted.");
}

TEST(DecodeTask, ReadsHowTheWorkGoes) {
  const auto task = with(
      R"("status":"running","indeterminate":true,"condition":"paused","stalled":true,"etaSeconds":90,"queuedBecause":"LIMIT",)"
      R"("steps":[{"name":"Download","state":"done","done":3,"total":3},{"name":"Unpack","state":"running","done":1,"total":12},{"name":"Write","state":"pending","done":0,"total":0}])");
  EXPECT_TRUE(task.is_unmeasured);
  EXPECT_EQ(task.condition, Condition::paused);
  EXPECT_TRUE(task.is_stalled);
  EXPECT_EQ(task.left, Millis(90'000));
  EXPECT_EQ(task.wait.because, QueuedBecause::limit);
  EXPECT_EQ(task.steps, (std::vector<Step>{{"Download", Step::State::done, 3, 3},
                                           {"Unpack", Step::State::running, 1, 12},
                                           {"Write", Step::State::pending, 0, 0}}));
}

TEST(DecodeTask, ReadsWhereItWaitsAndWhoDoesIt) {
  const auto queued = with(R"("status":"queued","queuedBecause":"LIMIT","queuePosition":3)");
  EXPECT_EQ(queued.wait.because, QueuedBecause::limit);
  EXPECT_EQ(queued.wait.place, 3);
  EXPECT_EQ(queued.worker, "");
  EXPECT_EQ(with(R"("status":"running","worker":"host\u202E-1")").worker, "host\uFFFD-1");
  for (const auto* place : {"0", "-1", "\"3\"", "1e300", "null"}) {
    EXPECT_EQ(with("\"queuePosition\":" + std::string(place)).wait.place, 0) << place;
  }
}

TEST(DecodeTask, SupposesNothingOfHowTheWorkGoes) {
  const auto task = with(R"("status":"running")");
  EXPECT_FALSE(task.is_unmeasured);
  EXPECT_FALSE(task.is_stalled);
  EXPECT_EQ(task.condition, Condition::none);
  EXPECT_EQ(task.left, std::nullopt);
  EXPECT_EQ(task.wait.because, QueuedBecause::unknown);
  EXPECT_TRUE(task.steps.empty());
}

TEST(DecodeTask, TakesNonsenseOfHowTheWorkGoesForNothing) {
  const auto task = with(R"("condition":"on fire","queuedBecause":"MOOD","etaSeconds":-1,"stalled":"yes",)"
                         R"("steps":[{},7,{"name":"\u202Eb","state":"lost","done":-2,"total":"x"}])");
  EXPECT_EQ(task.condition, Condition::none);
  EXPECT_EQ(task.wait.because, QueuedBecause::unknown);
  EXPECT_EQ(task.left, std::nullopt);
  EXPECT_FALSE(task.is_stalled);
  ASSERT_EQ(task.steps.size(), 3U);
  EXPECT_EQ(task.steps[2], (Step{"\uFFFDb", Step::State::pending, 0, 0}));
  for (const auto* eta : {"1e300", "\"5\"", "null", "[]"}) {
    EXPECT_EQ(with("\"etaSeconds\":" + std::string(eta)).left, std::nullopt) << eta;
  }
  EXPECT_EQ(with(R"("etaSeconds":1.5)").left, Millis(1'500));
}

TEST(DecodeTask, KeepsSoManySteps) {
  std::string steps;
  for (int i = 0; i < 60; ++i) steps.append(i == 0 ? "" : ",").append(R"({"name":"s"})");
  EXPECT_EQ(with("\"steps\":[" + steps + "]").steps.size(), Task::kMaxSteps);
}

TEST(DecodeTask, WantsWhatATaskCannotBeWithout) {
  EXPECT_FALSE(decode_task(""));
  EXPECT_FALSE(decode_task("[]"));
  EXPECT_FALSE(decode_task(R"({"taskId":"a","userId":"alice"})"));
  EXPECT_FALSE(decode_task(R"({"eventId":"nonsense","taskId":"a","userId":"alice"})"));
  EXPECT_FALSE(decode_task(R"({"eventId":"e1-1","userId":"alice"})"));
  EXPECT_FALSE(decode_task(R"({"eventId":"e1-1","taskId":"a"})"));
  EXPECT_TRUE(decode_task(R"({"eventId":"e1-1","taskId":"a","userId":"alice"})"));
}

TEST(DecodeTask, NamesATaskThatHasNoName) {
  EXPECT_EQ(with(R"("taskName":"","type":"simulate")").name, "simulate");
  EXPECT_EQ(with(R"("x":1)").name, "a");
}

TEST(DecodeTask, KnowsEveryState) {
  for (std::size_t i = 0; i + 1 < kTaskStates; ++i) {
    const auto state = static_cast<TaskState>(i);
    EXPECT_EQ(with("\"status\":\"" + std::string(state_name(state)) + "\"").state, state);
  }
}

TEST(DecodeTask, TakesAStateOfTheFutureAsNotEnded) {
  const auto task = with(R"("status":"hibernating")");
  EXPECT_EQ(task.state, TaskState::unknown);
  EXPECT_FALSE(task.has_ended());
}

TEST(DecodeTask, KeepsNumbersWithinReason) {
  const auto task = with(R"("progressPercentage":250,"done":-5,"total":-1,"attempt":-3)");
  EXPECT_EQ(task.percent, 100);
  EXPECT_EQ(task.done, 0);
  EXPECT_EQ(task.total, 0);
  EXPECT_EQ(task.attempt, 1);
}

TEST(Task, HasEndedInThreeStates) {
  for (const auto* ended : {"succeeded", "failed", "cancelled"}) {
    EXPECT_TRUE(with("\"status\":\"" + std::string(ended) + "\"").has_ended());
  }
  for (const auto* open : {"queued", "running", "cancelling"}) {
    EXPECT_FALSE(with("\"status\":\"" + std::string(open) + "\"").has_ended());
  }
}

TEST(Task, IsIndeterminateWhileItRunsWithoutTotal) {
  EXPECT_TRUE(with(R"("status":"running")").is_indeterminate());
  EXPECT_TRUE(with(R"("status":"cancelling")").is_indeterminate());
  EXPECT_FALSE(with(R"("status":"queued")").is_indeterminate());
  EXPECT_FALSE(with(R"("status":"failed")").is_indeterminate());
  EXPECT_FALSE(with(R"("status":"running","total":10)").is_indeterminate());
  EXPECT_FALSE(with(R"("status":"running","progressPercentage":1)").is_indeterminate());
  EXPECT_TRUE(with(R"("status":"running","progressPercentage":1,"indeterminate":true)").is_indeterminate());
  EXPECT_FALSE(with(R"("status":"running","steps":[{"name":"a","state":"running"}])").is_indeterminate())
      << "none of its steps is done";
  EXPECT_TRUE(
      with(R"("status":"running","steps":[{"name":"a","state":"running"}],"indeterminate":true)").is_indeterminate());
  EXPECT_FALSE(with(R"("status":"succeeded","progressPercentage":100,"indeterminate":true)").is_indeterminate());
}

TEST(Task, FillsItsBarByWhatIsDone) {
  EXPECT_DOUBLE_EQ(with(R"("status":"running","done":1,"total":8,"progressPercentage":12)").fraction(), 0.125);
  EXPECT_DOUBLE_EQ(with(R"("status":"running","progressPercentage":12)").fraction(), 0.12);
  EXPECT_DOUBLE_EQ(with(R"("status":"running","done":9,"total":8,"progressPercentage":100)").fraction(), 1);
  EXPECT_DOUBLE_EQ(
      with(R"("status":"running","done":3,"total":12,"progressPercentage":55,"steps":[{"name":"a"}])").fraction(), 0.55)
      << "the counts are a step's";
  EXPECT_DOUBLE_EQ(with(R"("status":"succeeded")").fraction(), 1);
  EXPECT_DOUBLE_EQ(with(R"("status":"queued")").fraction(), 0);
}

TEST(DecodeTaskDeleted, ReadsWhatIsGone) {
  const auto deleted = decode_task_deleted(R"({"eventId":"e1-9","taskId":"a","userId":"alice","timestamp":"x"})");
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->id, "a");
  EXPECT_EQ(deleted->user, "alice");
  EXPECT_EQ(deleted->cursor, (Cursor{"e1", 9}));
}

TEST(DecodeTaskDeleted, WantsEveryPart) {
  EXPECT_FALSE(decode_task_deleted("{"));
  EXPECT_FALSE(decode_task_deleted(R"({"taskId":"a","userId":"alice"})"));
  EXPECT_FALSE(decode_task_deleted(R"({"eventId":"e1-9","userId":"alice"})"));
  EXPECT_FALSE(decode_task_deleted(R"({"eventId":"e1-9","taskId":"a"})"));
}

}  // namespace
}  // namespace taskwire::view
