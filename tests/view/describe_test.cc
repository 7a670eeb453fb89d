#include "view/describe.h"

#include <gtest/gtest.h>

#include "view/format.h"
#include "view/now.h"

namespace taskwire::view {
namespace {

Task running() {
  Task task;
  task.id = "k3v7qm2xw5ta";
  task.name = "Data Processing";
  task.state = TaskState::running;
  task.percent = 42;
  task.done = 420;
  task.total = 1000;
  task.unit = "items";
  task.stage = "Processing";
  task.message = "Processing data...";
  task.created = kNow - Millis(13'000);
  task.started = kNow - Millis(12'300);
  return task;
}

TEST(DescribeTask, SaysHowFarItHasCome) {
  const auto text = describe(running(), kNow, false, Millis(0));
  EXPECT_EQ(text.state, "Running");
  EXPECT_EQ(text.percent, "42 %");
  EXPECT_EQ(text.amount, "420/1000 items");
  EXPECT_EQ(text.stage, "Processing");
  EXPECT_EQ(text.note, "Processing data...");
  EXPECT_EQ(text.elapsed, "12 s");
  EXPECT_EQ(text.value, "Running, 42 %, 420/1000 items, Processing");
}

TEST(DescribeTask, GivesNoPercentageThatNobodyKnows) {
  auto task = running();
  task.total = task.percent = 0;
  const auto text = describe(task, kNow, false, Millis(0));
  EXPECT_EQ(text.percent, "");
  EXPECT_EQ(text.amount, "420 items");
}

TEST(DescribeTask, GivesNoPercentageToWhatHasNotBegun) {
  auto task = running();
  task.state = TaskState::queued;
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).percent, "");
}

TEST(DescribeTask, SaysHowLongItWaits) {
  auto task = running();
  task.state = TaskState::queued;
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).elapsed, "13 s");
}

TEST(DescribeTask, SaysWhenItStarts) {
  auto task = running();
  task.state = TaskState::queued;
  task.not_before = kNow + Millis(64'500);
  const auto place = std::chrono::hours(2);
  EXPECT_EQ(describe(task, kNow, false, place).note,
            "Starts at " + format_time_of_day(*task.not_before, place) + ", in 1 min 05 s");
  EXPECT_EQ(describe(task, kNow, false, std::nullopt).note, "Starts in 1 min 05 s");
  EXPECT_EQ(describe(task, kNow + Millis(64'500), false, place).note, task.message) << "about to";
  task.state = TaskState::cancelled;
  EXPECT_EQ(describe(task, kNow, false, place).note, task.message);
}

TEST(DescribeTask, SaysWhichAttemptOfHowManyItIs) {
  const auto said = [](int attempt, int last) {
    auto task = running();
    task.attempt = attempt;
    task.last_attempt = last;
    return describe(task, kNow, false, std::nullopt).attempt;
  };
  EXPECT_EQ(said(1, 1), "");
  EXPECT_EQ(said(1, 3), "Attempt 1 of 3");
  EXPECT_EQ(said(3, 3), "Attempt 3 of 3");
  EXPECT_EQ(said(2, 1), "Attempt 2");
}

TEST(DescribeTask, SaysHowLongItRan) {
  auto task = running();
  task.state = TaskState::succeeded;
  task.finished = *task.started + Millis(1'400);
  EXPECT_EQ(describe(task, kNow + std::chrono::hours(3), false, Millis(0)).elapsed, "1.4 s");
}

TEST(DescribeTask, SaysNothingOfTimesThatAreNotKnown) {
  auto task = running();
  task.started.reset();
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).elapsed, "");
  task.state = TaskState::cancelled;
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).elapsed, "");
}

TEST(DescribeTask, CountsAttemptsFromTheSecondOn) {
  auto task = running();
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).attempt, "");
  task.attempt = 2;
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).attempt, "Attempt 2");
}

TEST(DescribeTask, SaysThatItIsNotKnownHowFarItIs) {
  auto task = running();
  task.is_unmeasured = true;
  const auto text = describe(task, kNow, false, Millis(0));
  EXPECT_EQ(text.percent, "");
  EXPECT_EQ(text.value, "Running, how far is not known, 420/1000 items, Processing");
}

TEST(DescribeTask, SaysWhatHoldsItUp) {
  auto task = running();
  const auto said = [&] {
    const auto text = describe(task, kNow, false, Millis(0));
    return std::string(text.mark) + ": " + text.trouble;
  };
  EXPECT_EQ(said(), ": ");
  task.condition = Condition::paused;
  EXPECT_EQ(said(), "paused: Paused");
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).value, "Running, Paused, 42 %, 420/1000 items, Processing");
  task.condition = Condition::warning;
  task.is_stalled = true;
  EXPECT_EQ(said(), "warning: Warning, stalled");
  task.condition = Condition::error;
  task.is_stalled = false;
  EXPECT_EQ(said(), "error: Error");
  task.condition = Condition::none;
  task.is_stalled = true;
  EXPECT_EQ(said(), "stalled: Stalled");
  task.state = TaskState::failed;
  EXPECT_EQ(said(), ": ");
}

TEST(DescribeTask, SaysHowLongItTakesYet) {
  auto task = running();
  task.left = Millis(125'000);
  task.updated = kNow;
  const auto said = [&](Time now) { return describe(task, now, false, Millis(0)).left; };
  EXPECT_EQ(said(kNow), "about 2 min left");
  EXPECT_EQ(said(kNow - Millis(60'000)), "about 2 min left") << "a clock behind the server's";
  EXPECT_EQ(said(kNow + Millis(90'000)), "about 35 s left");
  EXPECT_EQ(said(kNow + Millis(125'000)), "");
  task.condition = Condition::warning;
  EXPECT_NE(said(kNow), "");
  for (const auto held : {Condition::paused, Condition::error}) {
    task.condition = held;
    EXPECT_EQ(said(kNow), "");
  }
  task.condition = Condition::none;
  task.is_stalled = true;
  EXPECT_EQ(said(kNow), "");
  task.is_stalled = false;
  task.state = TaskState::succeeded;
  EXPECT_EQ(said(kNow), "");
}

TEST(DescribeTask, SaysWhichStepRuns) {
  auto task = running();
  task.steps = {{"Download", Step::State::done, 3, 3}, {"Unpack", Step::State::running, 1, 12}, {"Write", {}, 0, 0}};
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).step, "Step 2 of 3: Unpack");
  task.stage = "Unpack";
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).step, "Step 2 of 3");
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).value, "Running, 42 %, 420/1000 items, Step 2 of 3, Unpack");
  task.steps[1].state = Step::State::done;
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).step, "");
  task.steps[1].state = Step::State::running;
  task.state = TaskState::failed;
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).step, "");
}

TEST(DescribeTask, SaysWhyItWaits) {
  auto task = running();
  task.state = TaskState::queued;
  const auto said = [&](QueuedBecause because) { return describe(task, kNow, false, std::nullopt, {because}).note; };
  EXPECT_EQ(said(QueuedBecause::unknown), task.message);
  EXPECT_EQ(said(QueuedBecause::no_worker), "No worker for this type");
  EXPECT_EQ(said(QueuedBecause::limit), "Waits for its turn: workers are busy, or a limit is reached");
  EXPECT_EQ(said(QueuedBecause::not_before), "Waits for its time");
  task.not_before = kNow + Millis(2'000);
  EXPECT_EQ(said(QueuedBecause::no_worker), "Starts in 2 s");
  task.state = TaskState::running;
  EXPECT_EQ(said(QueuedBecause::no_worker), task.message);
}

TEST(DescribeTask, SaysWhichPlaceInTheQueueItHas) {
  auto task = running();
  task.state = TaskState::queued;
  const auto said = [&](Wait wait) { return describe(task, kNow, false, std::nullopt, wait).note; };
  EXPECT_EQ(said({QueuedBecause::unknown, 3}), "Place 3 in the queue");
  EXPECT_EQ(said({QueuedBecause::limit, 1}),
            "Waits for its turn: workers are busy, or a limit is reached. Place 1 in the queue");
  task.not_before = kNow + Millis(2'000);
  EXPECT_EQ(said({QueuedBecause::not_before, 0}), "Starts in 2 s");
  task.state = TaskState::running;
  EXPECT_EQ(said({QueuedBecause::unknown, 3}), task.message);
}

TEST(DescribeStep, SaysItsStateAndHowFarItIs) {
  EXPECT_EQ(describe(Step{"a", Step::State::failed, 3, 12}).state, "Failed");
  EXPECT_EQ(describe(Step{"a", Step::State::failed, 3, 12}).amount, "3/12");
  EXPECT_EQ(describe(Step{"a", Step::State::pending, 0, 0}).amount, "");
}

TEST(DescribeTask, SaysWhyItFailed) {
  auto task = running();
  task.state = TaskState::failed;
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).note, "Processing data...");
  task.error_reason = "INTERRUPTED";
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).note, "INTERRUPTED");
  task.error_message = "The engine was restarted.";
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).note, "The engine was restarted. (INTERRUPTED)");
  task.error_reason.clear();
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).note, "The engine was restarted.");
}

TEST(DescribeTask, SaysNothingTwice) {
  auto task = running();
  task.message = task.stage;
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).note, "");
}

TEST(DescribeTask, OffersCancelWhileItRuns) {
  const auto text = describe(running(), kNow, false, Millis(0));
  EXPECT_EQ(text.cancel_reason, "");
  EXPECT_FALSE(text.is_cancelling);
  EXPECT_FALSE(text.can_retry);
}

TEST(DescribeTask, SaysWhyItCannotBeCancelled) {
  auto task = running();
  EXPECT_EQ(describe(task, kNow, true, Millis(0)).cancel_reason, "It is being cancelled");
  EXPECT_TRUE(describe(task, kNow, true, Millis(0)).is_cancelling);
  task.state = TaskState::cancelling;
  EXPECT_EQ(describe(task, kNow, false, Millis(0)).cancel_reason, "It is being cancelled");
  task.state = TaskState::succeeded;
  EXPECT_EQ(describe(task, kNow, true, Millis(0)).cancel_reason, "It has ended");
  EXPECT_FALSE(describe(task, kNow, true, Millis(0)).is_cancelling);
}

TEST(DescribeTask, OffersRetryToWhatFailedOrWasCancelled) {
  auto task = running();
  for (const auto state : {TaskState::failed, TaskState::cancelled}) {
    task.state = state;
    EXPECT_TRUE(describe(task, kNow, false, Millis(0)).can_retry);
  }
  task.state = TaskState::succeeded;
  EXPECT_FALSE(describe(task, kNow, false, Millis(0)).can_retry);
}

TEST(DescribeTask, OffersNoRetryOfWhatOnlyWhoeverStartedItCanDo) {
  auto task = running();
  task.type = "external";
  for (const auto state : {TaskState::failed, TaskState::cancelled}) {
    task.state = state;
    EXPECT_FALSE(describe(task, kNow, false, Millis(0)).can_retry);
  }
}

TEST(DescribeConnection, NamesEachState) {
  Connection connection([] { return 0.999; });
  EXPECT_EQ(describe(connection, kNow, Millis(0)).label, "Disconnected");
  connection.connect(kNow);
  EXPECT_EQ(describe(connection, kNow, Millis(0)).label, "Connecting");
  connection.opened(kNow);
  EXPECT_EQ(describe(connection, kNow, Millis(0)).label, "Live");
  EXPECT_EQ(describe(connection, kNow, Millis(0)).key, "live");
  connection.broke(false, kNow);
  EXPECT_EQ(describe(connection, kNow, Millis(0)).label, "Reconnecting (1)");
  connection.pause();
  EXPECT_EQ(describe(connection, kNow, Millis(0)).label, "Paused");
}

TEST(DescribeConnection, TellsOfAnEngineThatIsAwayAsLongAsTheStreamStands) {
  Connection connection([] { return 0.999; });
  connection.connect(kNow);
  connection.opened(kNow);
  connection.heard_of_engine({Upstream::State::down, parse_time("2026-01-02T10:30:45.123Z"), ""});
  EXPECT_EQ(describe(connection, kNow, std::chrono::hours(1)).key, "away");
  EXPECT_EQ(describe(connection, kNow, std::chrono::hours(1)).label, "Connected; the engine is away, since 11:30:45");
  connection.heard_of_engine({Upstream::State::failing, {}, "STORE_UNREADABLE"});
  EXPECT_EQ(describe(connection, kNow, Millis(0)).label, "Connected; the engine cannot read its store");
  connection.heard_of_engine({});
  EXPECT_EQ(describe(connection, kNow, Millis(0)).key, "live");
  connection.heard_of_engine({Upstream::State::down, {}, ""});
  connection.broke(false, kNow);
  EXPECT_EQ(describe(connection, kNow, Millis(0)).key, "reconnecting");
  connection.opened(kNow);
  EXPECT_EQ(describe(connection, kNow, Millis(0)).key, "live") << "a new stream says it anew";
}

TEST(DescribeConnection, CountsDownWholeSeconds) {
  Connection connection([] { return 0.999; });
  connection.connect(kNow);
  for (int i = 0; i < 2; ++i) connection.broke(true, kNow), connection.reconnect(kNow);
  connection.broke(true, kNow);
  EXPECT_EQ(describe(connection, kNow, Millis(0)).label, "Reconnecting in 4 s (3)");
  EXPECT_EQ(describe(connection, kNow + Millis(3'000), Millis(0)).label, "Reconnecting in 1 s (3)");
  EXPECT_EQ(describe(connection, kNow, Millis(0)).key, "reconnecting");
}

TEST(DescribeConnection, IsOfflineOnlyWhileNothingFlows) {
  Connection connection([] { return 0.5; });
  connection.connect(kNow);
  connection.opened(kNow);
  connection.set_online(false, kNow);
  EXPECT_EQ(describe(connection, kNow, Millis(0)).key, "live");
  connection.broke(true, kNow);
  EXPECT_EQ(describe(connection, kNow, Millis(0)).key, "offline");
  EXPECT_EQ(describe(connection, kNow, Millis(0)).label, "Offline");
}

}  // namespace
}  // namespace taskwire::view
