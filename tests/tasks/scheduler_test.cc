#include "tasks/scheduler.h"

#include <algorithm>
#include <atomic>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "engine/support/captured_log.h"
#include "engine/support/test_tasks.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;

constexpr Runner::Settings kPatient{.workers = 3, .try_again = milliseconds(1)};

/// Commits take place, but nobody is told so.
struct Unknown {
  explicit Unknown(FailingStore& of) : store(of) { store.fail_after = true; }
  ~Unknown() { store.fail_after = false; }
  FailingStore& store;
};

TEST(Scheduler, RunsATaskWhoseStartHadAnUnknownOutcome) {
  TestTasks tasks(kPatient);
  {
    const Unknown unknown(*tasks.log.failing);
    EXPECT_EQ(tasks.start("works").error().reason, Reason::unknown_outcome);
  }
  const auto started = tasks.list();
  ASSERT_EQ(started.size(), 1U);
  EXPECT_EQ(tasks.wait_for(started[0].task_id(), v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
}

TEST(Scheduler, RunsATaskWhoseRetryHadAnUnknownOutcome) {
  TestTasks tasks(kPatient);
  const auto id = tasks.start_id("fails");
  tasks.wait_for(id, v1::TASK_STATE_FAILED);
  {
    const Unknown unknown(*tasks.log.failing);
    EXPECT_EQ(tasks.command(&Tasks::retry, id).error().reason, Reason::unknown_outcome);
  }
  EXPECT_TRUE(comes_true([&] { return tasks.get(id).state() == v1::TASK_STATE_FAILED; }));
  EXPECT_EQ(tasks.get(id).attempt(), 2);
}

TEST(Scheduler, TellsAnAttemptOfACancelThatHadAnUnknownOutcome) {
  TestTasks tasks(kPatient);
  const auto id = tasks.start_id("waits");
  EXPECT_EQ(tasks.begun.take(), id);
  {
    const Unknown unknown(*tasks.log.failing);
    EXPECT_EQ(tasks.command(&Tasks::cancel, id).error().reason, Reason::unknown_outcome);
  }
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_CANCELLED).state(), v1::TASK_STATE_CANCELLED);
}

TEST(Scheduler, EndsATaskThatWasCancelledBeforeItsAttemptKnewThatItHadBegun) {
  TestTasks tasks({.workers = 1, .try_again = milliseconds(300)});
  {
    const Unknown unknown(*tasks.log.failing);
    (void)tasks.start("waits");
    ASSERT_TRUE(comes_true([&] { return tasks.list().at(0).state() == v1::TASK_STATE_RUNNING; }));
  }
  const auto id = tasks.list().at(0).task_id();
  EXPECT_EQ(tasks.command(&Tasks::cancel, id)->task().state(), v1::TASK_STATE_CANCELLING);
  EXPECT_EQ(tasks.wait_for(id, v1::TASK_STATE_CANCELLED).state(), v1::TASK_STATE_CANCELLED);
  EXPECT_EQ(tasks.history(id), "queued running cancelling cancelled");
}

TEST(Scheduler, FreesThePlaceOfATaskThatIsCancelledWhileItWaits) {
  TestTasks tasks({.workers = 1}, {.most_waiting = 1});
  EXPECT_EQ(tasks.begun.take(), tasks.start_id("waits"));
  for (int i = 0; i < 20; ++i) {
    const auto waiting = tasks.start_id("works");
    ASSERT_NE(waiting, "") << i;
    EXPECT_EQ(tasks.start("works").error().reason, Reason::queue_full);
    ASSERT_TRUE(tasks.command(&Tasks::cancel, waiting));
  }
}

/// Commits so many tasks that wait, at once.
void queue_at_once(TestTasks& tasks, int count) {
  Inbox<int> committed;
  tasks.log.log->write<int>(
      EventLog::Writer::engine, 0,
      [&](Transaction& transaction) -> Result<int> {
        for (int i = 0; i < count; ++i) {
          v1::Task task;
          task.set_task_id("task" + std::to_string(i));
          task.set_user_id("alice");
          task.set_type("works");
          task.set_state(v1::TASK_STATE_QUEUED);
          task.set_attempt(1);
          transaction.put_task(task);
        }
        return 0;
      },
      [&](const Result<int>&) { committed.put(0); });
  committed.take();
}

bool all_succeed(TestTasks& tasks) {
  return comes_true([&] {
    const auto all = tasks.list();
    return !all.empty() && std::all_of(all.begin(), all.end(),
                                       [](const auto& task) { return task.state() == v1::TASK_STATE_SUCCEEDED; });
  });
}

TEST(Scheduler, SaysSoAndTriesMoreSlowlyWhereTheTailHasGoneByAgainAndAgain) {
  TestTasks tasks(kPatient, {}, {.tail = {.events = 2}});
  tasks.wait_for(tasks.start_id("works"), v1::TASK_STATE_SUCCEEDED);
  CapturedLog captured;
  std::atomic<bool> writes = true;
  {
    const auto held = tasks.log.failing->hold_reads();
    tasks.log.failing->after_read = [&] {
      if (writes) queue_at_once(tasks, 9);
    };
  }
  const auto timers = tasks.log.clock.timers();
  queue_at_once(tasks, 9);
  ASSERT_TRUE(comes_true([&] { return tasks.log.clock.timers() > timers; }));
  EXPECT_NE(captured.text().find("--tail-events"), std::string::npos) << captured.text();
  writes = false;
  tasks.log.clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(all_succeed(tasks));
}

TEST(Scheduler, BeginsAnewFromTheOpenTasksWhereTheTailHasGoneBy) {
  TestTasks tasks(kPatient, {}, {.tail = {.events = 2}});
  tasks.wait_for(tasks.start_id("works"), v1::TASK_STATE_SUCCEEDED);
  queue_at_once(tasks, 9);
  EXPECT_TRUE(all_succeed(tasks));
}

TEST(Scheduler, ReadsTheOpenTasksAgainUntilItCan) {
  TestTasks tasks(kPatient, {}, {.tail = {.events = 2}});
  tasks.wait_for(tasks.start_id("works"), v1::TASK_STATE_SUCCEEDED);
  tasks.log.failing->fail_read = true;
  queue_at_once(tasks, 9);
  ASSERT_TRUE(comes_true([&] { return tasks.log.clock.timers() > 0; }));
  tasks.log.clock.advance(Scheduler::kTryAgain);
  ASSERT_TRUE(comes_true([&] { return tasks.log.clock.timers() > 0; }));
  tasks.log.failing->fail_read = false;
  tasks.log.clock.advance(Scheduler::kTryAgain);
  EXPECT_TRUE(all_succeed(tasks));
}

TEST(Scheduler, TakesNoTaskOnWhileTheOpenOnesCannotBeReadAndSaysSoNowAndAgain) {
  TestTasks tasks(kPatient, {}, {.tail = {.events = 2}});
  std::atomic<bool> runs_tasks = true;
  tasks.scheduler->on_change([&](bool runs) { runs_tasks = runs; });
  tasks.wait_for(tasks.start_id("works"), v1::TASK_STATE_SUCCEEDED);
  CapturedLog log;
  tasks.log.failing->fail_read = true;
  queue_at_once(tasks, 9);
  ASSERT_TRUE(comes_true([&] { return !runs_tasks; }));
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(comes_true([&] { return tasks.log.clock.timers() > 0; }));
    tasks.log.clock.advance(Scheduler::kTryAgain);
  }
  ASSERT_TRUE(comes_true([&] { return tasks.log.clock.timers() > 0; }));
  const auto refused = tasks.start("works");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::store_failed);
  const auto told = log.text();
  EXPECT_NE(told.find("cannot be read, so none is started"), std::string::npos) << told;
  EXPECT_EQ(told.find("so none is started"), told.rfind("so none is started")) << told;
  tasks.log.failing->fail_read = false;
  tasks.log.clock.advance(Scheduler::kTryAgain);
  EXPECT_TRUE(all_succeed(tasks));
  EXPECT_TRUE(runs_tasks);
  EXPECT_NE(tasks.start_id("works"), "");
}

TEST(Scheduler, BoundsWhatIsStartedBeforeTheOpenTasksAreRead) {
  TestTasks tasks(kPatient, {.most_waiting = 3}, {.tail = {.events = 2}});
  tasks.wait_for(tasks.start_id("works"), v1::TASK_STATE_SUCCEEDED);
  {
    const auto held = tasks.log.failing->hold_reads();
    queue_at_once(tasks, 9);
    std::size_t accepted = 0;
    for (int i = 0; i < 20; ++i) accepted += tasks.start("works") ? 1 : 0;
    EXPECT_LE(accepted, 3U);
  }
  EXPECT_TRUE(comes_true([&] { return tasks.start("works").has_value(); }));
}

TEST(Scheduler, KeepsPlacesFreeForOthersWhateverOneUserStarts) {
  TestTasks tasks({.workers = 4});
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(tasks.start("waits"));
  for (int i = 0; i < 3; ++i) EXPECT_NE(tasks.begun.take().value_or(""), "");
  const auto bobs = tasks.start("works", "bob");
  ASSERT_TRUE(bobs);
  EXPECT_TRUE(comes_true([&] { return tasks.list("bob").at(0).state() == v1::TASK_STATE_SUCCEEDED; }));
  const auto running = [&] {
    const auto all = tasks.list();
    return std::count_if(all.begin(), all.end(), [](const auto& t) { return t.state() == v1::TASK_STATE_RUNNING; });
  };
  EXPECT_EQ(running(), 3);
}

TEST(Scheduler, LetsUsersTakeTurns) {
  TestTasks tasks({.workers = 1});
  const auto blocker = tasks.start_id("waits");
  EXPECT_EQ(tasks.begun.take(), blocker);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(tasks.start("waits"));
  const auto bobs = tasks.start("waits", "bob")->task().task_id();
  (void)tasks.command(&Tasks::cancel, blocker);
  const auto second = tasks.begun.take().value_or("");
  if (second != bobs) {
    (void)tasks.command(&Tasks::cancel, second);
    EXPECT_EQ(tasks.begun.take(), bobs) << "before the others of alice";
  }
}

TEST(Scheduler, RefusesTheOneWhoseTasksFillTheirPartOfTheQueue) {
  TestTasks tasks({.workers = 1}, {.most_waiting = 10, .most_waiting_of_user = 2});
  EXPECT_EQ(tasks.begun.take(), tasks.start_id("waits"));
  EXPECT_TRUE(tasks.start("waits"));
  EXPECT_TRUE(tasks.start("waits"));
  const auto refused = tasks.start("waits");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::queue_full);
  EXPECT_NE(refused.error().message.find("of this user"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(tasks.start("waits", "bob"));
}

TEST(Scheduler, LeavesNoTaskBehindHoweverCommitsEnd) {
  TestTasks tasks({.workers = 3, .try_again = milliseconds(1)}, {.most_waiting = 1000});
  std::minstd_rand random(11);
  const std::vector<std::string> types{"works", "fails", "waits", "again", "fails now", "late", "one"};
  tasks.log.failing->failures_per_cent = 40;
  for (int i = 0; i < 300; ++i) {
    const auto known = tasks.list();
    const auto choice = random() % 4;
    if (choice < 2 || known.empty()) {
      (void)tasks.start_with(types[random() % types.size()], [&](auto& request) {
        if (random() % 2 == 0) request.set_time_limit_ms(1 + static_cast<std::int64_t>(random() % 300));
        if (random() % 2 == 0)
          *request.mutable_not_before() = to_timestamp(tasks.log.clock.now() + milliseconds(random() % 300));
      });
      tasks.log.clock.advance(milliseconds(random() % 20));
    } else {
      const auto& id = known[random() % known.size()].task_id();
      (void)(choice == 2 ? tasks.command(&Tasks::cancel, id).has_value()
                         : tasks.command(&Tasks::retry, id).has_value());
    }
  }
  tasks.log.failing->failures_per_cent = 0;
  std::size_t open = 0;
  EXPECT_TRUE(comes_true([&] {
    open = 0;
    tasks.log.clock.advance(milliseconds(50));
    for (const auto& task : tasks.list()) {
      if (has_ended(task.state())) continue;
      ++open;
      if (task.type() == "waits" || task.type() == "again" || task.type() == "one")
        (void)tasks.command(&Tasks::cancel, task.task_id());
    }
    return open == 0;
  })) << open;
  EXPECT_GT(tasks.list().size(), 50U);
}

}  // namespace
}  // namespace taskwire::engine
