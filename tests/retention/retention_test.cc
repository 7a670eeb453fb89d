#include "retention/retention.h"

#include <algorithm>
#include <future>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <thread>

#include "engine/support/test_log.h"
#include "engine/support/wait.h"
#include "log/reading.h"
#include "store/sqlite.h"

namespace taskwire::engine {
namespace {

using std::chrono::hours;

constexpr std::chrono::milliseconds kDay = std::chrono::days(1);

struct RetentionLog {
  void limit(Retention::Limits limits) { retention = std::make_unique<Retention>(*log.log, log.clock, limits); }
  /// One round; what it writes is committed here.
  bool go_one_round() {
    auto done = std::async(std::launch::async, [this] { return retention->go_round(); });
    while (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      if (!log.log->commit_waiting()) std::this_thread::yield();
    }
    return done.get();
  }
  /// As many as follow each other at once.
  void go_round() {
    while (go_one_round()) {
    }
  }
  void go_on(std::chrono::milliseconds time) {
    go_round();
    log.clock.advance(time);
    go_round();
  }
  std::vector<Sequence> kept() {
    std::vector<Sequence> sequences;
    const auto reader = *log.log->read();
    reader->rows({{.topic = ""}}, reader->head().sequence, [&](const EventPtr& event) {
      sequences.push_back(event->sequence);
      return true;
    });
    EXPECT_FALSE(reader->error());
    return sequences;
  }
  std::optional<v1::ResetReason> judge(const Topics& topics, Sequence sequence) {
    return refusal(**log.log->read(), topics, log.cursor(sequence));
  }
  std::vector<std::string> topics() { return (*log.log->read())->topics("", 100); }
  void restart() {
    retention.reset();
    log.restart();
    limit({});
  }

  TestLog log;
  std::unique_ptr<Retention> retention = std::make_unique<Retention>(*log.log, log.clock, Retention::Limits{});
};

class RetentionTest : public testing::Test, protected RetentionLog {};

TEST_F(RetentionTest, ForgetsEachKindAfterItsTime) {
  log.publish("channels/x");
  log.publish("messages/bob");
  log.update("alice", "t1");
  log.update("alice", "t1");
  log.update("alice", "t2");
  log.remove("alice", "t2");
  go_on(kDay - hours(1));
  EXPECT_EQ(kept(), (std::vector<Sequence>{1, 2, 3, 4, 5, 6}));
  go_on(hours(1));
  EXPECT_EQ(kept(), (std::vector<Sequence>{2, 4, 6})) << "the last of a living task stays, as do deletions";
  go_on(5 * kDay);
  EXPECT_EQ(kept(), (std::vector<Sequence>{2, 4, 6}));
  go_on(kDay);
  EXPECT_EQ(kept(), (std::vector<Sequence>{4})) << "a task that has not ended stays for ever";
  EXPECT_EQ(retention->figures().events, 5U);
}

TEST_F(RetentionTest, DeletesATaskThatEndedLongAgoAndTellsIt) {
  log.update("alice", "t1", v1::TASK_STATE_SUCCEEDED);
  log.update("alice", "t2");
  go_on(7 * kDay);
  EXPECT_FALSE((*log.log->read())->task("t1"));
  EXPECT_TRUE((*log.log->read())->task("t2"));
  EXPECT_EQ(kept(), (std::vector<Sequence>{2, 3}));
  const auto page = *log.log->tail().read(log.log->tail().select({"tasks/alice"}), 2);
  ASSERT_EQ(page.events.size(), 1U) << "whoever watches hears of it";
  EXPECT_EQ(page.events[0]->parse().task_deleted().task_id(), "t1");
  EXPECT_EQ(page.events[0]->parse().type(), "taskDeleted");
}

TEST_F(RetentionTest, KeepsSoManyEndedTasksOfAUser) {
  limit({.tasks_per_user = 40});
  for (int i = 0; i < 120; ++i) log.update("alice", "t" + std::to_string(i), v1::TASK_STATE_FAILED);
  for (int i = 0; i < 5; ++i) log.update("bob", "b" + std::to_string(i), v1::TASK_STATE_FAILED);
  log.update("alice", "open");
  go_round();
  const auto reader = *log.log->read();
  for (int i = 0; i < 120; ++i) EXPECT_EQ(reader->task("t" + std::to_string(i)).has_value(), i >= 80) << i;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(reader->task("b" + std::to_string(i)));
  EXPECT_TRUE(reader->task("open"));
  EXPECT_EQ(retention->figures().tasks, 80U);
}

TEST_F(RetentionTest, KeepsSoManyEventsOfATopic) {
  limit({.per_topic = 3});
  for (int i = 0; i < 5; ++i) log.publish("channels/x");  // 1 to 5
  for (int i = 0; i < 3; ++i) log.publish("channels/y");  // 6 to 8
  for (int i = 0; i < 6; ++i) log.update("alice", "t1");  // 9 to 14
  log.update("alice", "t2");
  log.remove("alice", "t2");
  go_round();
  EXPECT_EQ(kept(), (std::vector<Sequence>{3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16}))
      << "of a task topic those that were superseded count";
  log.publish("channels/x");
  go_round();
  EXPECT_EQ(kept().front(), 4);
}

TEST_F(RetentionTest, ForgetsInSmallBatches) {
  limit({.per_topic = 10});
  log.commit([](Transaction& transaction) {
    for (int i = 0; i < 1010; ++i) {
      v1::Event event;
      event.set_topic("channels/x");
      transaction.append(std::move(event));
    }
  });
  go_round();
  EXPECT_EQ(kept().size(), 10U);
  EXPECT_GE(retention->figures().batches, 6U) << "256 each, a note, and a look for room to give back";
}

TEST_F(RetentionTest, GivesUpChannelsFirstThenUpdatesThenMessagesWhereThereIsTooMuch) {
  const std::string large(20'000, 'x');
  const auto fill = [&] {
    for (int i = 0; i < 20; ++i) log.update("alice", "t1");
    for (int i = 0; i < 20; ++i) log.publish("channels/x", large);
    for (int i = 0; i < 20; ++i) log.publish("messages/bob", large);
  };
  fill();
  limit({.bytes = 600'000});
  go_round();
  EXPECT_LE((*log.log->read())->bytes(), 600'000);
  const auto count = [&](const std::string& topic) {
    std::size_t events = 0;
    const auto reader = *log.log->read();
    reader->rows({{.topic = topic}}, reader->head().sequence, [&](const EventPtr&) {
      ++events;
      return true;
    });
    EXPECT_FALSE(reader->error());
    return events;
  };
  EXPECT_LT(count("channels/x"), 20U);
  EXPECT_EQ(count("messages/bob"), 20U);
  EXPECT_EQ(count("tasks/alice"), 20U);
  limit({.bytes = 200'000});
  go_round();
  EXPECT_EQ(count("channels/x"), 0U);
  EXPECT_LT(count("messages/bob"), 20U);
  EXPECT_EQ(count("tasks/alice"), 1U) << "superseded ones go before messages";
  limit({.bytes = 1});
  go_round();
  EXPECT_EQ(count("messages/bob"), 0U);
  EXPECT_EQ(count("tasks/alice"), 1U) << "the state stays";
}

TEST_F(RetentionTest, IsNotMisledByAWallClockThatJumps) {
  log.publish("channels/x");
  go_round();
  log.clock.jump(hours(24 * 365 * 50));
  go_on(hours(1));
  EXPECT_EQ(kept(), (std::vector<Sequence>{1}));
  log.clock.jump(-hours(24 * 365 * 70));
  go_on(hours(1));
  EXPECT_EQ(kept(), (std::vector<Sequence>{1}));
  log.clock.jump(hours(24 * 365 * 20));
  go_on(kDay);
  EXPECT_EQ(kept(), std::vector<Sequence>());
}

TEST_F(RetentionTest, GivesUpNoMoreThanIsTooMuchHoweverKindsLieBesideEachOther) {
  log.commit([](Transaction& transaction) {
    for (int i = 0; i < 2000; ++i) {
      v1::Event event;
      event.set_topic(i % 2 == 0 ? "channels/x" : "messages/bob");
      event.set_data(std::string(250, 'x'));
      transaction.append(std::move(event));
    }
  });
  const auto bytes = (*log.log->read())->bytes();
  limit({.bytes = bytes - bytes / 50});
  go_round();
  EXPECT_GT(kept().size(), 1850U);
  EXPECT_LE((*log.log->read())->bytes(), bytes - bytes / 50);
}

TEST_F(RetentionTest, GivesUpALittleAtATimeThoughSomethingVeryOldIsKept) {
  log.update("alice", "t1", v1::TASK_STATE_QUEUED);
  const auto publish_many = [&](const std::string& topic, int count, std::size_t bytes) {
    log.commit([&](Transaction& transaction) {
      for (int i = 0; i < count; ++i) {
        v1::Event event;
        event.set_topic(topic);
        event.set_data(std::string(bytes, 'x'));
        transaction.append(std::move(event));
      }
    });
  };
  publish_many("channels/old", 20'000, 1);
  log.trim("channels/old", 20'001);
  publish_many("channels/x", 500, 1000);
  const auto bytes = (*log.log->read())->bytes();
  limit({.bytes = bytes - bytes / 50});
  go_round();
  EXPECT_GT(kept().size(), 450U);
  EXPECT_LE((*log.log->read())->bytes(), bytes - bytes / 50);
}

TEST_F(RetentionTest, LeavesOthersTheirNewestEventsWhereDeletionsAloneAreTooMuch) {
  for (int i = 0; i < 300; ++i) {
    log.update("alice", "t" + std::to_string(i), v1::TASK_STATE_SUCCEEDED);
    log.remove("alice", "t" + std::to_string(i));
  }
  limit({.bytes = 20'000});
  go_round();
  for (int i = 0; i < 3; ++i) log.publish("channels/x");
  log.publish("messages/bob");
  go_round();
  go_round();
  const auto left = kept();
  ASSERT_GE(left.size(), 4U);
  EXPECT_EQ(std::vector<Sequence>(left.end() - 4, left.end()), (std::vector<Sequence>{601, 602, 603, 604}));
}

TEST_F(RetentionTest, CountsWhatTasksWereGivenAndAnsweredAndDeletesTheOldestWhereThatIsTooMuch) {
  const auto end = [&](const std::string& id) {
    v1::Task task;
    task.set_task_id(id);
    task.set_user_id("alice");
    task.set_state(v1::TASK_STATE_SUCCEEDED);
    (*task.mutable_result()->mutable_fields())["x"].set_string_value(std::string(50'000, 'x'));
    log.commit([&](Transaction& transaction) { transaction.put_task(task); });
  };
  for (int i = 0; i < 20; ++i) end("t" + std::to_string(i));
  EXPECT_GT((*log.log->read())->bytes(), 1'000'000);
  limit({.bytes = 600'000});
  go_round();
  const auto reader = *log.log->read();
  EXPECT_LE(reader->bytes(), 600'000);
  EXPECT_FALSE(reader->task("t0"));
  EXPECT_TRUE(reader->task("t19"));
  EXPECT_LE(retention->figures().tasks, 11U);
}

TEST_F(RetentionTest, CountsKeysAndForgetsThemWhenTheirTimeIsOverThoughNoOtherComes) {
  const auto before = (*log.log->read())->bytes();
  log.commit([](Transaction& transaction) {
    for (int i = 0; i < 1000; ++i)
      transaction.remember("scope", std::to_string(i), {"hash", "answer"}, std::chrono::hours(24));
  });
  EXPECT_GT((*log.log->read())->bytes(), before + 20'000);
  go_on(hours(23));
  EXPECT_GT((*log.log->read())->bytes(), before + 20'000);
  go_on(hours(1));
  EXPECT_EQ((*log.log->read())->bytes(), before);
}

TEST_F(RetentionTest, GoesOnWithAllOthersWhereATopicCannotBeForgotten) {
  limit({.tasks_per_user = 0, .per_topic = 1});
  log.update("alice", "t1", v1::TASK_STATE_SUCCEEDED);  // 1
  for (const std::string topic : {"channels/a", "channels/b", "messages/zoe"}) {
    log.publish(topic);
    log.publish(topic);
  }
  {
    const auto other = *sqlite::Database::open(log.dir / "taskwire.db", sqlite::Database::Access::read_write);
    other->script(
        "UPDATE event SET payload = x'ff' WHERE seq = 1;"
        "CREATE TRIGGER no BEFORE DELETE ON event WHEN OLD.seq = 2 BEGIN SELECT RAISE(ABORT, 'no'); END;");
    ASSERT_FALSE(other->failure());
  }
  go_round();
  EXPECT_EQ((*log.log->read())->last_note().has_value(), true) << "the round came to its end";
  const auto reader = *log.log->read();
  const auto is_there = [&](Sequence sequence) {
    bool found = false;
    reader->rows({{.topic = "", .after = sequence - 1}}, sequence, [&](const EventPtr&) { return found = true; });
    return found;
  };
  EXPECT_TRUE(is_there(2)) << "it cannot be";
  EXPECT_FALSE(is_there(4));
  EXPECT_FALSE(is_there(6));
  EXPECT_FALSE(is_there(1)) << "its row says that its task has ended";
}

TEST_F(RetentionTest, LooksOnlyAtTopicsOfWhichSomethingIsNewOrHasGrownOld) {
  for (int i = 0; i < 300; ++i) log.publish("channels/" + std::to_string(i));
  go_round();
  const auto all = retention->figures().looks;
  EXPECT_EQ(all, 300U);
  log.publish("channels/7");
  log.publish("channels/new");
  log.clock.advance(std::chrono::seconds(1));
  go_round();
  EXPECT_EQ(retention->figures().looks, all + 2);
  go_round();
  EXPECT_EQ(retention->figures().looks, all + 2);
  go_on(kDay);
  EXPECT_EQ(kept(), std::vector<Sequence>());
  EXPECT_EQ(topics(), std::vector<std::string>());
}

TEST_F(RetentionTest, BoundsABatchByItsBytesToo) {
  limit({.tasks_per_user = 0});
  for (int i = 0; i < 20; ++i) {
    v1::Task task;
    task.set_task_id("t" + std::to_string(i));
    task.set_user_id("alice");
    task.set_state(v1::TASK_STATE_SUCCEEDED);
    (*task.mutable_result()->mutable_fields())["x"].set_string_value(std::string(300'000, 'x'));
    log.commit([&](Transaction& transaction) { transaction.put_task(task); });
  }
  EXPECT_TRUE(go_one_round());
  EXPECT_EQ(retention->figures().tasks, 20U);
  EXPECT_GE(retention->figures().batches, 5U + 2U) << "1 MiB each, a note, and a look for room to give back";
}

TEST_F(RetentionTest, ForgetsWhatIsSupersededAmongManyThatAreNot) {
  const std::size_t living = 3000;
  for (std::size_t i = 0; i < living; ++i) log.update("alice", "w" + std::to_string(i), v1::TASK_STATE_QUEUED);
  log.commit([](Transaction& transaction) {
    for (int i = 0; i < 3000; ++i) {
      v1::Task task;
      task.set_task_id("runs");
      task.set_user_id("alice");
      task.set_state(v1::TASK_STATE_RUNNING);
      transaction.put_task(task);
    }
  });
  go_on(kDay);
  EXPECT_EQ(kept().size(), living + 1);
  EXPECT_EQ(retention->figures().events, 2999U);
  EXPECT_EQ(judge({"tasks/alice"}, 1), std::nullopt);
  EXPECT_EQ((*log.log->read())->floors("tasks/alice").trimmed, log.log->tail().head() - 1);
}

TEST_F(RetentionTest, NotesTheTimeOfTheCommitItself) {
  log.publish("channels/x");
  auto done = std::async(std::launch::async, [this] { return retention->go_round(); });
  while (!log.log->has_waiting()) std::this_thread::yield();
  log.clock.advance(hours(1));
  const auto now = log.clock.now();
  while (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    if (!log.log->commit_waiting()) std::this_thread::yield();
  }
  EXPECT_EQ((*log.log->read())->last_note()->age, now);
}

TEST_F(RetentionTest, NotesAtOnceThatTheWallClockJumped) {
  const auto noted = [&](SystemTime wall) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
      const auto last = (*log.log->read())->last_note();
      if (last && last->wall == wall) return true;
      std::this_thread::yield();
    }
    return false;
  };
  log.publish("channels/x");
  log.log->start();
  retention->start();
  ASSERT_TRUE(noted(log.clock.now()));
  log.clock.jump(30 * kDay);
  EXPECT_TRUE(noted(log.clock.now())) << "a kill from now on makes it no time in which no engine ran";
  retention->stop();
}

TEST_F(RetentionTest, IsNotMisledByAMachineThatSlept) {
  log.publish("channels/x");
  go_round();
  log.clock.jump(hours(30));  // the steady clock stands while it sleeps
  log.publish("channels/x");
  log.clock.advance(std::chrono::minutes(1));
  go_round();
  restart();
  go_on(hours(1));
  EXPECT_EQ(kept(), (std::vector<Sequence>{1, 2}));
}

TEST_F(RetentionTest, GoesOnAfterAStartWithAClockInTheFuture) {
  log.clock.jump(hours(24 * 365 * 60));
  restart();
  log.publish("channels/x");
  go_on(hours(1));
  log.clock.jump(-hours(24 * 365 * 60));
  restart();
  log.publish("channels/x");
  go_on(hours(12));
  EXPECT_EQ(kept(), (std::vector<Sequence>{1, 2}));
  go_on(hours(11));
  EXPECT_EQ(kept(), (std::vector<Sequence>{2}));
}

TEST_F(RetentionTest, CountsTheTimeInWhichNoEngineRan) {
  log.publish("channels/x");
  go_round();
  log.clock.jump(hours(25));
  restart();
  go_round();
  EXPECT_EQ(kept(), std::vector<Sequence>());
}

TEST_F(RetentionTest, CountsOnAfterARestart) {
  log.publish("channels/x");
  go_on(hours(12));
  restart();
  log.publish("channels/x");
  go_on(hours(12));
  EXPECT_EQ(kept(), (std::vector<Sequence>{2}));
}

TEST_F(RetentionTest, KeepsWhatWasWrittenWhileTheClockOfTheMachineStoodInThePast) {
  log.publish("channels/x");
  go_on(hours(1));
  log.clock.jump(-hours(24 * 365 * 50));
  restart();
  log.publish("channels/x");
  go_on(hours(1));
  log.clock.jump(hours(24 * 365 * 50));
  restart();
  go_on(hours(1));
  EXPECT_EQ(kept(), (std::vector<Sequence>{1, 2}));
}

TEST_F(RetentionTest, ForgetsTopicsOfWhichNothingIsLeftButNotWhatWasLost) {
  log.publish("channels/x");
  log.publish("channels/x");
  log.update("alice", "t1", v1::TASK_STATE_SUCCEEDED);
  go_on(kDay);
  EXPECT_EQ(topics(), (std::vector<std::string>{"tasks/alice"})) << retention->figures().topics;
  EXPECT_EQ(judge({"channels/x"}, 1), v1::RESET_REASON_EXPIRED);
  EXPECT_EQ(judge({"channels/x"}, 2), std::nullopt);
  EXPECT_EQ(judge({"channels/new"}, 1), v1::RESET_REASON_EXPIRED) << "it may have been there";
  log.publish("channels/x");
  EXPECT_EQ(judge({"channels/x"}, 1), v1::RESET_REASON_EXPIRED);
  EXPECT_EQ(judge({"channels/x"}, 2), std::nullopt);
  EXPECT_EQ(judge({"tasks/alice"}, 1), std::nullopt) << "a noisy channel expires nobody else";
}

TEST_F(RetentionTest, ForgetsAUserWhoseTasksAreAllGoneButNotThatTheyWent) {
  log.update("alice", "t1", v1::TASK_STATE_SUCCEEDED);  // 1, deleted by 2
  go_on(7 * kDay);
  go_on(7 * kDay);
  EXPECT_EQ(topics(), std::vector<std::string>());
  EXPECT_EQ(judge({"tasks/alice"}, 1), v1::RESET_REASON_EXPIRED);
  EXPECT_EQ(judge({"tasks/alice"}, 2), std::nullopt);
  log.update("alice", "t2");
  EXPECT_EQ(judge({"tasks/alice"}, 1), v1::RESET_REASON_EXPIRED);
}

/// A reader of alice's tasks: what it knows of each, and up to where.
struct TaskReader {
  std::map<std::string, Sequence> tasks;
  Sequence at = 0;

  void take(const Events& events) {
    for (const auto& event : events) {
      const std::string task(event->key);
      event->is_deletion ? void(tasks.erase(task)) : void(tasks[task] = event->sequence);
    }
  }
};

/// A deletion, retention and a resume in an order of their own, and a resume after that.
class ThreeInOrder : RetentionLog {
 public:
  struct Case {
    std::string order;  ///< D, T and R.
    Sequence cursor;
    int days;         ///< Each retention goes on by; twice.
    bool is_stopped;  ///< The engine, before each resume: its tail is filled anew.
  };

  void run(const Case& one) {
    log.publish("channels/x");
    log.update("alice", "t1");
    log.update("alice", "t2");
    log.update("alice", "t1", v1::TASK_STATE_SUCCEEDED);
    log.publish("channels/x");
    log.update("alice", "t2");
    TaskReader reader;
    for (const auto& event : read(**log.log->read(), kTopics, 0, std::nullopt, 100).events)
      if (event->sequence <= one.cursor) reader.take({event});
    reader.at = one.cursor;
    for (const char step : one.order + 'R') {
      if (step == 'D') deleted_.insert(log.remove("alice", "t2"));
      if (step == 'T') forget(one.days);
      if (step == 'R') resume(reader, one.is_stopped);
    }
  }

 private:
  static inline const Topics kTopics = {"tasks/alice"};

  void forget(int days) {
    for (int round = 0; round < 2; ++round) {
      go_on(days * kDay);
      (*log.log->read())->rows({{.topic = ""}}, log.log->tail().head(), [&](const EventPtr& event) {
        if (event->is_deletion) deleted_.insert(event->sequence);
        return true;
      });
    }
  }

  void resume(TaskReader& reader, bool is_stopped) {
    if (is_stopped) restart();
    const auto store = *log.log->read();
    const auto left = kept();
    const bool may_have_missed = std::any_of(deleted_.upper_bound(reader.at), deleted_.end(), [&](Sequence deletion) {
      return std::find(left.begin(), left.end(), deletion) == left.end();
    });
    const auto reason = judge(kTopics, reader.at);
    EXPECT_EQ(reason.has_value(), may_have_missed) << "from " << reader.at;
    auto& tail = log.log->tail();
    if (reason) {
      EXPECT_EQ(*reason, v1::RESET_REASON_EXPIRED);
      reader.tasks.clear();
      reader.take(read_state(*store, kTopics, 0, state_end(*store, kTopics), std::nullopt, 100).events);
    } else if (tail.covers(reader.at)) {
      reader.take((*tail.read(tail.select({"tasks/alice"}), reader.at)).events);
    } else {
      reader.take(read(*store, kTopics, reader.at, std::nullopt, 100).events);
    }
    reader.at = store->head().sequence;
    std::map<std::string, Sequence> now;
    for (const std::string id : {"t1", "t2"}) {
      if (const auto task = store->task(id)) now[id] = parse_cursor(task->cursor())->sequence;
    }
    EXPECT_EQ(reader.tasks, now);
  }

  std::set<Sequence> deleted_;
};

TEST_F(RetentionTest, EveryOrderOfDeletionRetentionAndResumeLeavesAReaderWithWhatIs) {
  std::string order = "DRT";
  do {
    for (Sequence cursor = 0; cursor <= 6; ++cursor) {
      for (const int days : {1, 7}) {
        for (const bool is_stopped : {false, true}) {
          SCOPED_TRACE(order + " at " + std::to_string(cursor) + ", " + std::to_string(days) + " days" +
                       (is_stopped ? ", stopped" : ""));
          ThreeInOrder().run({order, cursor, days, is_stopped});
        }
      }
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(RetentionTest, ATailThatIsFilledAnewBeginsAboveWhatWasForgotten) {
  log.publish("channels/x");
  log.publish("channels/y");
  go_round();
  log.clock.advance(kDay);
  log.publish("channels/y");
  go_round();
  restart();
  EXPECT_FALSE(log.log->tail().covers(1));
  EXPECT_TRUE(log.log->tail().covers(2));
}

TEST_F(RetentionTest, WaitsWhereTheStoreFails) {
  limit({.per_topic = 1});
  log.publish("channels/x");
  log.publish("channels/x");
  log.failing->fail_before = true;
  EXPECT_FALSE(go_one_round());
  log.failing->fail_before = false;
  EXPECT_EQ(kept(), (std::vector<Sequence>{1, 2}));
  go_round();
  EXPECT_EQ(kept(), (std::vector<Sequence>{2}));
}

TEST_F(RetentionTest, GoesRoundByItselfUntilItIsStopped) {
  limit({.per_topic = 1});
  log.publish("channels/x");
  log.publish("channels/x");
  log.log->start();
  retention->start();
  EXPECT_TRUE(comes_true([&] { return kept().size() <= 1; }));
  EXPECT_EQ(kept(), (std::vector<Sequence>{2}));
  retention->stop();
}

TEST_F(RetentionTest, DoesNotWaitForTheNextRoundWhereThereAreTooManyBytes) {
  limit({.bytes = 600'000});
  log.log->start();
  retention->start();
  ASSERT_TRUE(comes_true([&] { return retention->figures().rounds == 1; }));
  for (int i = 0; i < 40; ++i) {
    log.log->write<bool>(
        EventLog::Writer::engine, 0,
        [](Transaction& transaction) -> Result<bool> {
          v1::Event event;
          event.set_topic("channels/x");
          event.set_data(std::string(50'000, 'x'));
          transaction.append(event);
          return true;
        },
        [](const Result<bool>&) {});
  }
  const auto is_little = [&] { return (*log.log->read())->bytes() <= 600'000; };
  EXPECT_TRUE(comes_true([&] { return retention->figures().events > 0 && is_little(); }));
  retention->stop();
}

}  // namespace
}  // namespace taskwire::engine
