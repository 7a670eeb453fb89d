#include "tasks/tasks.h"

#include <algorithm>
#include <future>
#include <gtest/gtest.h>
#include <set>

#include "engine/support/test_tasks.h"
#include "store/sqlite.h"

namespace taskwire::engine {
namespace {

class TasksTest : public testing::Test {
 protected:
  std::string refused(const v1::StartTaskRequest& request) {
    const auto response = tasks.call(&Tasks::start, request);
    return response ? "none" : response.error().name();
  }
  v1::StartTaskRequest request(const std::string& type = "works") {
    v1::StartTaskRequest request;
    request.set_user_id("alice");
    request.set_type(type);
    return request;
  }
  std::string started(const v1::StartTaskRequest& request) {
    const auto response = tasks.call(&Tasks::start, request);
    return response ? response->task().task_id() : response.error().name();
  }
  Sequence head() { return tasks.log.log->tail().head(); }

  TestTasks tasks;
};

TEST_F(TasksTest, StartsATaskWithDefaultsFilledIn) {
  const auto task = tasks.call(&Tasks::start, request())->task();
  EXPECT_EQ(task.task_id().size(), 12U);
  EXPECT_EQ(task.user_id(), "alice");
  EXPECT_EQ(task.type(), "works");
  EXPECT_EQ(task.name(), "works");
  EXPECT_EQ(task.params().fields().at("n").number_value(), 7);
  EXPECT_EQ(task.state(), v1::TASK_STATE_QUEUED);
  EXPECT_EQ(task.attempt(), 1);
  EXPECT_TRUE(task.has_create_time());
  EXPECT_EQ(task.cursor(), tasks.log.cursor(1));
}

TEST_F(TasksTest, DoesNotAnswerARepeatWithWhatIsDamaged) {
  auto keyed = request();
  keyed.set_request_id("key");
  started(keyed);
  (*sqlite::Database::open(tasks.log.dir / "taskwire.db", sqlite::Database::Access::read_write))
      ->script("UPDATE idempotency SET answer = x'ff'");
  EXPECT_EQ(refused(keyed), "STORE_FAILED");
}

TEST_F(TasksTest, KeepsParamsAndResultOutOfEventsAndLists) {
  const auto id = started(request());
  tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED);
  const auto page = tasks.log.log->tail().read(tasks.log.log->tail().select({}), 0);
  for (const auto& event : page->events) {
    EXPECT_FALSE(event->parse().task().has_params());
    EXPECT_FALSE(event->parse().task().has_result());
  }
  v1::ListTasksRequest list;
  list.set_user_id("alice");
  const auto listed = tasks.call(&Tasks::list, list)->tasks(0);
  EXPECT_FALSE(listed.has_params());
  EXPECT_FALSE(listed.has_result());
  EXPECT_TRUE(tasks.get(id).has_params());
  EXPECT_TRUE(tasks.get(id).has_result());
}

TEST_F(TasksTest, RefusesAnOwnerWhoIsNone) {
  for (const auto* const user : {"", "..", "a/b", "ü"}) {
    auto wrong = request();
    wrong.set_user_id(user);
    EXPECT_EQ(refused(wrong), "INVALID_USER_ID") << user;
  }
}

TEST_F(TasksTest, RefusesANameThatIsTooLongOrNotForPeople) {
  for (const auto& name : {std::string(257, 'x'), std::string("a\nb"), std::string("\xff")}) {
    auto wrong = request();
    wrong.set_name(name);
    EXPECT_EQ(refused(wrong), "INVALID_NAME");
  }
  auto fine = request();
  fine.set_name(std::string(256, 'x'));
  EXPECT_EQ(refused(fine), "none");
}

TEST_F(TasksTest, RefusesATypeThatThereIsNot) {
  EXPECT_EQ(refused(request("nonsense")), "UNKNOWN_TASK_TYPE");
  EXPECT_EQ(refused(request("")), "UNKNOWN_TASK_TYPE") << "the default, simulate, is not in this catalogue";
}

TEST_F(TasksTest, RefusesParamsThatDoNotFit) {
  auto wrong = request();
  (*wrong.mutable_params()->mutable_fields())["n"].set_string_value("x");
  EXPECT_EQ(refused(wrong), "INVALID_PARAMS");
  auto large = request();
  (*large.mutable_params()->mutable_fields())["s"].set_string_value(std::string(65536, 'x'));
  EXPECT_EQ(refused(large), "PARAMS_TOO_LARGE");
}

TEST_F(TasksTest, RefusesARequestIdThatIsNone) {
  for (const auto& id : {std::string("a b"), std::string("ü"), std::string(256, 'x')}) {
    auto wrong = request();
    wrong.set_request_id(id);
    EXPECT_EQ(refused(wrong), "INVALID_REQUEST_ID");
  }
}

TEST_F(TasksTest, StartsARepeatedRequestOnce) {
  auto first = request();
  first.set_request_id("key");
  const auto id = started(first);
  tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED);
  const auto before = head();
  const auto again = tasks.call(&Tasks::start, first);
  EXPECT_EQ(again->task().task_id(), id);
  EXPECT_EQ(again->task().state(), v1::TASK_STATE_SUCCEEDED) << "as it is now";
  EXPECT_TRUE(again->task().has_params());
  EXPECT_EQ(head(), before);
}

TEST_F(TasksTest, RunsOnceHoweverOftenItsStartIsRepeated) {
  for (int round = 0; round < 20; ++round) {
    auto same = request("waits");
    same.set_request_id("key" + std::to_string(round));
    Inbox<std::string> answers;
    for (int i = 0; i < 4; ++i) {
      tasks.tasks->start(
          same, [&](const Result<v1::StartTaskResponse>& response) { answers.put(response->task().task_id()); });
    }
    const auto id = *answers.take();
    for (int i = 1; i < 4; ++i) EXPECT_EQ(*answers.take(), id);
    EXPECT_EQ(*tasks.begun.take(), id);
    ASSERT_TRUE(tasks.command(&Tasks::cancel, id));
    ASSERT_EQ(tasks.wait_for(id, v1::TASK_STATE_CANCELLED).state(), v1::TASK_STATE_CANCELLED);
  }
}

TEST_F(TasksTest, CancelsAnAttemptThatFollowsAtOnce) {
  auto first = request("waits");
  const auto id = started(first);
  for (int attempt = 1; attempt <= 20; ++attempt) {
    tasks.begun.take();
    ASSERT_TRUE(tasks.command(&Tasks::cancel, id));
    ASSERT_EQ(tasks.wait_for(id, v1::TASK_STATE_CANCELLED).state(), v1::TASK_STATE_CANCELLED) << attempt;
    ASSERT_TRUE(tasks.command(&Tasks::retry, id));
  }
}

TEST_F(TasksTest, AnswersARepeatedRequestOverARestart) {
  auto first = request("waits");
  first.set_request_id("key");
  const auto id = started(first);
  tasks.begun.take();
  tasks.restart();
  EXPECT_EQ(started(first), id);
}

TEST_F(TasksTest, AnswersARepeatedRequestAfterItsTaskWasDeleted) {
  auto first = request();
  first.set_request_id("key");
  const auto id = started(first);
  tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED);
  ASSERT_TRUE(tasks.command(&Tasks::remove, id));
  EXPECT_EQ(started(first), id);
}

TEST_F(TasksTest, AnswersARepeatAboutATaskThatIsGoneWithTheNameThatTheLogHasByNow) {
  auto first = request();
  first.set_request_id("key");
  const auto id = started(first);
  tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED);
  ASSERT_TRUE(tasks.command(&Tasks::remove, id));
  tasks.stop_and_open_log();
  {
    const auto other = *sqlite::Database::open(tasks.log.dir / "taskwire.db", sqlite::Database::Access::read_write);
    other->script("UPDATE meta SET epoch = 'zzzz9999'");
    ASSERT_FALSE(other->failure());
  }
  tasks.restart();
  EXPECT_EQ(tasks.call(&Tasks::start, first)->task().cursor(), "zzzz9999-1");
}

TEST_F(TasksTest, CancelsOnceHoweverOftenTheRequestIsRepeated) {
  const auto id = started(request("waits"));
  tasks.begun.take();
  v1::CancelTaskRequest cancel;
  cancel.set_user_id("alice");
  cancel.set_task_id(id);
  cancel.set_request_id("key");
  ASSERT_TRUE(tasks.call(&Tasks::cancel, cancel));
  tasks.wait_for(id, v1::TASK_STATE_CANCELLED);
  EXPECT_EQ(tasks.call(&Tasks::cancel, cancel)->task().state(), v1::TASK_STATE_CANCELLED) << "as it is now";
  ASSERT_TRUE(tasks.command(&Tasks::retry, id));
  tasks.begun.take();
  const auto again = tasks.call(&Tasks::cancel, cancel);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->task().attempt(), 2);
  EXPECT_EQ(again->task().state(), v1::TASK_STATE_RUNNING) << "the next attempt is not meant";
  EXPECT_TRUE(again->task().has_params());
  cancel.set_request_id("a b");
  EXPECT_EQ(tasks.call(&Tasks::cancel, cancel).error().name(), "INVALID_REQUEST_ID");
}

TEST_F(TasksTest, RetriesOnceHoweverOftenTheRequestIsRepeated) {
  const auto id = started(request("fails"));
  tasks.wait_for(id, v1::TASK_STATE_FAILED);
  v1::RetryTaskRequest retry;
  retry.set_user_id("alice");
  retry.set_task_id(id);
  retry.set_request_id("key");
  EXPECT_EQ(tasks.call(&Tasks::retry, retry)->task().attempt(), 2);
  ASSERT_TRUE(comes_true([&] {
    const auto task = tasks.get(id);
    return task.attempt() == 2 && task.state() == v1::TASK_STATE_FAILED;
  }));
  const auto before = head();
  const auto again = tasks.call(&Tasks::retry, retry);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->task().attempt(), 2);
  EXPECT_EQ(again->task().state(), v1::TASK_STATE_FAILED);
  EXPECT_EQ(again->task().past_attempts_size(), 1);
  EXPECT_EQ(head(), before);
  retry.set_user_id("bob");
  EXPECT_EQ(tasks.call(&Tasks::retry, retry).error().name(), "TASK_NOT_FOUND") << "each user has keys of their own";
}

TEST_F(TasksTest, ADamagedTaskFailsNobodyElsesWrites) {
  tasks.runner->stop();
  const auto damaged = started(request());
  const auto without = started(request());
  const auto whole = started(request());
  {
    const auto other = *sqlite::Database::open(tasks.log.dir / "taskwire.db", sqlite::Database::Access::read_write);
    other->run("UPDATE event SET payload = x'ff' WHERE key = ? ", std::string_view(damaged));
    other->run("UPDATE task_detail SET params = x'ff' WHERE id = ?", std::string_view(without));
    ASSERT_FALSE(other->failure());
  }
  const auto commits = tasks.log.failing->commits.load();
  Inbox<std::string> answers;
  const auto cancel = [&](const std::string& id) {
    v1::CancelTaskRequest request;
    request.set_user_id("alice");
    request.set_task_id(id);
    tasks.tasks->cancel(request, [&answers, id](const Result<v1::CancelTaskResponse>& response) {
      answers.put(id + (response ? " done" : " " + response.error().name()));
    });
  };
  const auto before = head();
  std::promise<void> held;
  tasks.log.log->write<int>(
      EventLog::Writer::engine, 0, [&](Transaction&) -> Result<int> { return held.get_future().wait(), 0; },
      [](const Result<int>&) {});
  for (const auto& id : {damaged, without, whole}) cancel(id);
  held.set_value();
  EXPECT_EQ(*answers.take(), damaged + " STORE_FAILED");
  EXPECT_EQ(*answers.take(), without + " STORE_FAILED");
  EXPECT_EQ(*answers.take(), whole + " done");
  EXPECT_LE(tasks.log.failing->commits.load(), commits + 2) << "in one commit";
  EXPECT_EQ(head(), before + 1);
  EXPECT_EQ(tasks.log.failing->reopened.load(), 0);
}

TEST_F(TasksTest, RefusesARequestIdThatCameWithAnotherRequest) {
  auto first = request();
  first.set_request_id("key");
  started(first);
  auto other = first;
  other.set_name("other");
  EXPECT_EQ(refused(other), "IDEMPOTENCY_KEY_REUSED");
  auto somebody = other;
  somebody.set_user_id("bob");
  EXPECT_EQ(refused(somebody), "none") << "each user has keys of their own";
}

TEST_F(TasksTest, ForgetsARequestIdAfterADay) {
  auto first = request();
  first.set_request_id("key");
  const auto id = started(first);
  tasks.log.clock.advance(std::chrono::hours(24));
  EXPECT_NE(started(first), id);
}

TEST_F(TasksTest, ShowsATaskToItsOwnerOnly) {
  const auto id = started(request());
  EXPECT_TRUE(tasks.command(&Tasks::get, id));
  for (const auto& [task, user] :
       {std::pair<std::string, std::string>{id, "bob"}, {"aaaaaaaaaaaa", "alice"}, {"", ""}}) {
    EXPECT_EQ(tasks.command(&Tasks::get, task, user).error().reason, Reason::task_not_found);
    EXPECT_EQ(tasks.command(&Tasks::cancel, task, user).error().reason, Reason::task_not_found);
    EXPECT_EQ(tasks.command(&Tasks::retry, task, user).error().reason, Reason::task_not_found);
    EXPECT_EQ(tasks.command(&Tasks::remove, task, user).error().reason, Reason::task_not_found);
  }
}

TEST_F(TasksTest, AcceptsACancelTwiceAndTellsItOnce) {
  tasks.runner->stop();  // so that nothing ends
  const auto id = started(request());
  tasks.stop_and_open_log();
  tasks.log.update("alice", id, v1::TASK_STATE_CANCELLING);
  Tasks again(tasks.means());
  v1::CancelTaskRequest cancel;
  cancel.set_user_id("alice");
  cancel.set_task_id(id);
  const auto before = head();
  std::optional<v1::TaskState> state;
  again.cancel(cancel, [&](const Result<v1::CancelTaskResponse>& answer) { state = answer->task().state(); });
  tasks.log.log->commit_waiting();
  EXPECT_EQ(state, v1::TASK_STATE_CANCELLING);
  EXPECT_EQ(head(), before);
}

TEST_F(TasksTest, RefusesToCancelRetryOrDeleteWhereTheStateForbidsIt) {
  const auto done = started(request());
  tasks.wait_for(done, v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(tasks.command(&Tasks::cancel, done).error().reason, Reason::task_ended);
  EXPECT_EQ(tasks.command(&Tasks::retry, done).error().reason, Reason::task_not_retryable);
  const auto running = started(request("waits"));
  tasks.begun.take();
  const auto refused = tasks.command(&Tasks::remove, running);
  EXPECT_EQ(refused.error().reason, Reason::task_not_ended);
}

TEST_F(TasksTest, DeletesATaskAndSaysSo) {
  const auto id = started(request());
  tasks.wait_for(id, v1::TASK_STATE_SUCCEEDED);
  const auto deleted = tasks.command(&Tasks::remove, id);
  EXPECT_TRUE(deleted->task().has_result());
  EXPECT_EQ(tasks.command(&Tasks::get, id).error().reason, Reason::task_not_found);
  const auto page = tasks.log.log->tail().read(tasks.log.log->tail().select({"tasks/alice"}), head() - 1);
  EXPECT_EQ(page->events.at(0)->parse().type(), "taskDeleted");
  EXPECT_EQ(page->events.at(0)->parse().task_deleted().task_id(), id);
  EXPECT_EQ(page->events.at(0)->parse().task_deleted().user_id(), "alice");
}

TEST_F(TasksTest, SettlesAtTheStartWhatWasUnderWay) {
  const auto fails = started(request("waits"));
  tasks.begun.take();
  const auto runs_again = started(request("again"));
  tasks.begun.take();
  const auto waits = started(request("works"));  // both workers are busy
  tasks.restart();
  ASSERT_TRUE(tasks.recovered);
  const auto failed = tasks.get(fails);
  EXPECT_EQ(failed.state(), v1::TASK_STATE_FAILED);
  EXPECT_EQ(failed.error().reason(), "INTERRUPTED");
  EXPECT_EQ(tasks.begun.take(), runs_again);
  EXPECT_EQ(tasks.get(runs_again).attempt(), 2);
  EXPECT_EQ(tasks.wait_for(waits, v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(tasks.get(waits).attempt(), 1);
}

TEST_F(TasksTest, GivesUpATaskWithWhichTheEngineCrashesAgainAndAgain) {
  const auto id = started(request("again"));
  tasks.last_stop = Stop::crash;
  for (int attempt = 1; attempt <= 3; ++attempt) {
    ASSERT_EQ(tasks.begun.take(), id);
    EXPECT_EQ(tasks.get(id).attempt(), attempt);
    tasks.restart();
  }
  EXPECT_EQ(tasks.get(id).state(), v1::TASK_STATE_FAILED);
  EXPECT_EQ(tasks.get(id).error().reason(), "ENGINE_CRASHED");
  EXPECT_TRUE(tasks.begun.empty());
  ASSERT_TRUE(tasks.command(&Tasks::retry, id));
  EXPECT_EQ(tasks.begun.take(), id);
}

TEST(Tasks, RunWhatMayHaveCrashedTheEngineTwiceOneAtATimeSoThatNobodyElseIsBlamed) {
  TestTasks tasks({.workers = 4}, {.most_running_of_user = 4});
  std::set<std::string> all;
  for (int i = 0; i < 3; ++i) all.insert(tasks.start_id("again"));
  tasks.last_stop = Stop::crash;
  for (int crash = 0; crash < 2; ++crash) {
    std::set<std::string> begun;
    for (int i = 0; i < 3; ++i) begun.insert(*tasks.begun.take());
    EXPECT_EQ(begun, all);
    tasks.restart();
  }
  const auto count = [&](v1::TaskState state) {
    const auto list = tasks.list();
    return std::count_if(list.begin(), list.end(), [&](const auto& task) { return task.state() == state; });
  };
  const auto suspect = *tasks.begun.take();
  const auto other = tasks.start_id("works");
  EXPECT_EQ(tasks.wait_for(other, v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED) << "it waits for none";
  EXPECT_EQ(count(v1::TASK_STATE_RUNNING), 1);
  EXPECT_EQ(count(v1::TASK_STATE_QUEUED), 2);
  tasks.restart();
  EXPECT_EQ(tasks.get(suspect).error().reason(), "ENGINE_CRASHED");
  EXPECT_EQ(count(v1::TASK_STATE_FAILED), 1);
  const auto next = *tasks.begun.take();
  ASSERT_TRUE(tasks.command(&Tasks::cancel, next));
  const auto last = *tasks.begun.take();
  EXPECT_EQ((std::set<std::string>{suspect, next, last}), all) << "each has its turn";
}

TEST_F(TasksTest, CancelsAtTheStartWhatWasAskedToStop) {
  tasks.runner->stop();
  const auto id = started(request());
  tasks.stop_and_open_log();
  tasks.log.update("alice", id, v1::TASK_STATE_CANCELLING);
  tasks.restart();
  EXPECT_EQ(tasks.get(id).state(), v1::TASK_STATE_CANCELLED);
}

}  // namespace
}  // namespace taskwire::engine
