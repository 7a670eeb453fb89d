#include "store/sqlite_store.h"

#include <csignal>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/support/manual_clock.h"
#include "engine/support/temp_dir.h"
#include "engine/support/test_log.h"
#include "store/sqlite.h"

namespace taskwire::engine {
namespace {

class SqliteStoreTest : public testing::Test {
 protected:
  SqliteStore::Settings settings() { return {.data_dir = dir.path(), .boot_id = "first boot"}; }
  std::unique_ptr<SqliteStore> open(SqliteStore::Settings with) {
    auto store = SqliteStore::open(std::move(with), clock);
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }
  Sequence append(Store& store, const std::string& topic) {
    const auto events = store.commit([&](Transaction& transaction) {
      v1::Event event;
      event.set_topic(topic);
      event.set_data("data");
      transaction.append(std::move(event));
    });
    return events->events.front()->sequence;
  }
  std::vector<Sequence> all(Store& store) {
    std::vector<Sequence> sequences;
    auto reader = store.read();
    (*reader)->rows({{.topic = ""}}, (*reader)->head().sequence, [&](const EventPtr& event) {
      sequences.push_back(event->sequence);
      return true;
    });
    return sequences;
  }

  TempDir dir;
  ManualClock clock;
};

TEST_F(SqliteStoreTest, KeepsEventsTasksAndHeadOverAReopen) {
  auto store = open(settings());
  const auto epoch = store->epoch();
  append(*store, "channels/x");
  v1::Task task;
  task.set_task_id("k3v7qm2xw5ta");
  task.set_user_id("alice");
  task.set_name("Ünïcode");
  task.set_state(v1::TASK_STATE_QUEUED);
  (*task.mutable_params()->mutable_fields())["a"].set_number_value(1);
  (void)store->commit([&](Transaction& transaction) { transaction.put_task(task); });
  EXPECT_EQ(task.cursor(), epoch + "-2");
  ASSERT_TRUE(store->close());
  store.reset();

  store = open(settings());
  EXPECT_EQ(store->epoch(), epoch);
  EXPECT_EQ(all(*store), (std::vector<Sequence>{1, 2}));
  const auto kept = (*store->read())->task("k3v7qm2xw5ta");
  EXPECT_EQ(kept->SerializeAsString(), task.SerializeAsString());
  EXPECT_EQ(append(*store, "channels/x"), 3);
}

TEST_F(SqliteStoreTest, FillsInCursorAndTimeAsTheyWereCommitted) {
  auto store = open(settings());
  const auto events = store->commit([](Transaction& transaction) {
    v1::Task task;
    task.set_task_id("t1");
    task.set_user_id("alice");
    transaction.put_task(task);
  });
  auto reader = store->read();
  v1::Event read;
  (*reader)->rows({{.topic = "tasks/alice"}}, 1, [&](const EventPtr& event) {
    read = event->parse();
    return true;
  });
  EXPECT_EQ(read.SerializeAsString(), events->events.front()->parse().SerializeAsString());
  EXPECT_EQ(read.cursor(), store->epoch() + "-1");
  EXPECT_EQ(read.task().cursor(), read.cursor());
  EXPECT_EQ(read.time().seconds(),
            std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch()).count());
}

TEST_F(SqliteStoreTest, KeepsPastAttemptsAsideUntilTheyAreSetAnew) {
  auto store = open(settings());
  v1::Task task;
  task.set_task_id("t1");
  task.set_user_id("alice");
  task.set_state(v1::TASK_STATE_QUEUED);
  task.add_past_attempts()->set_attempt(1);
  const auto put = [&](v1::Task& what) {
    return store->commit([&](Transaction& transaction) { transaction.put_task(what); })->events.front()->parse();
  };
  EXPECT_EQ(put(task).task().past_attempts_size(), 0);
  EXPECT_EQ(task.past_attempts_size(), 1) << "the caller's stays";
  (void)store->commit([&](Transaction& transaction) {
    auto plain = transaction.task("t1");
    EXPECT_EQ(plain->past_attempts_size(), 0);
    EXPECT_EQ(transaction.open_tasks().front().past_attempts_size(), 0);
    transaction.put_task(*plain);  // which tells nothing of them
    transaction.add_past_attempts(*plain);
    EXPECT_EQ(plain->past_attempts_size(), 1);
    plain->add_past_attempts()->set_attempt(2);
    transaction.put_task(*plain);
    transaction.add_details(*plain);
    EXPECT_EQ(plain->past_attempts_size(), 2);
  });
  EXPECT_EQ((*store->read())->task("t1")->past_attempts(1).attempt(), 2);
}

TEST_F(SqliteStoreTest, GivesBackWhatIsFreeWhereTheFileCan) {
  for (const bool can : {true, false}) {
    auto with = settings();
    with.spare_pages = 4;
    auto store = open(with);
    for (int i = 0; i < 100; ++i) {
      (void)store->commit([&](Transaction& transaction) {
        v1::Event event;
        event.set_topic("channels/x");
        event.set_data(std::string(10'000, 'x'));
        transaction.append(std::move(event));
      });
    }
    ASSERT_TRUE(store->close());
    store.reset();
    if (!can) {
      auto raw = *sqlite::Database::open(SqliteStore::file_in(dir.path()), sqlite::Database::Access::read_write);
      raw->script("PRAGMA auto_vacuum = NONE; VACUUM");
      ASSERT_FALSE(raw->failure());
    }
    store = open(with);
    bool is_smaller = false;
    (void)store->commit([&](Transaction& transaction) {
      const auto head = (*store->read())->head().sequence;
      transaction.trim("channels/x", head, head, SIZE_MAX);
    });
    (void)store->commit([&](Transaction& transaction) { is_smaller = transaction.shrink(); });
    EXPECT_EQ(is_smaller, can);
  }
}

TEST_F(SqliteStoreTest, NeverGivesASequenceTwiceEvenWhenItsEventIsTrimmed) {
  auto store = open(settings());
  append(*store, "channels/x");
  append(*store, "channels/x");
  (void)store->commit([](Transaction& transaction) { transaction.trim("channels/x", 2, 2, 10); });
  store.reset();
  store = open(settings());
  EXPECT_EQ(append(*store, "channels/x"), 3);
}

TEST_F(SqliteStoreTest, TrimsAllButTheLastEventOfALivingKey) {
  TestLog log;
  log.update("a", "t1");      // 1
  log.update("a", "t2");      // 2
  log.update("a", "t1");      // 3
  log.remove("a", "t2");      // 4
  log.publish("channels/x");  // 5
  log.update("a", "t3");      // 6
  log.trim("tasks/a", 5);
  EXPECT_EQ(all(*log.store), (std::vector<Sequence>{3, 5, 6}));
  auto reader = log.store->read();
  EXPECT_EQ((*reader)->floors("tasks/a").trimmed, 4);
  EXPECT_EQ((*reader)->floors("tasks/a").lost, 4);
  EXPECT_EQ((*reader)->floors("channels/x").trimmed, 0);
  EXPECT_EQ((*reader)->floors("").lost, 4);
}

TEST_F(SqliteStoreTest, TrimsDeletionsByTheirOwnLimit) {
  TestLog log;
  log.update("a", "t1");  // 1
  log.remove("a", "t1");  // 2
  log.update("a", "t2");  // 3
  log.update("a", "t2");  // 4
  log.commit([](Transaction& transaction) { transaction.trim("tasks/a", 4, 0, 10); });
  EXPECT_EQ(all(*log.store), (std::vector<Sequence>{2, 4}));
  EXPECT_EQ((*log.store->read())->floors("tasks/a").lost, 0);
  EXPECT_EQ((*log.store->read())->floors("tasks/a").trimmed, 3);
}

TEST_F(SqliteStoreTest, KeepsItsEpochAfterAnUncleanEndWithFullDurability) {
  const auto epoch = open(settings())->epoch();
  auto later = settings();
  later.boot_id = "second boot";
  EXPECT_EQ(open(later)->epoch(), epoch);
}

TEST_F(SqliteStoreTest, KeepsItsEpochAfterAnUncleanEndOfTheEngineAlone) {
  auto normal = settings();
  normal.durability = Durability::normal;
  const auto epoch = open(normal)->epoch();
  EXPECT_EQ(open(normal)->epoch(), epoch);
}

TEST_F(SqliteStoreTest, TakesANewEpochAfterTheMachineFellWithNormalDurability) {
  auto normal = settings();
  normal.durability = Durability::normal;
  auto store = open(normal);
  const auto epoch = store->epoch();
  append(*store, "channels/x");
  store.reset();
  auto later = settings();
  later.boot_id = "second boot";
  store = open(later);
  EXPECT_NE(store->epoch(), epoch);
  EXPECT_EQ(append(*store, "channels/x"), 2) << "the head stays";
}

TEST_F(SqliteStoreTest, KeepsItsEpochAfterACleanEndWithNormalDurability) {
  auto normal = settings();
  normal.durability = Durability::normal;
  auto store = open(normal);
  const auto epoch = store->epoch();
  ASSERT_TRUE(store->close());
  store.reset();
  normal.boot_id = "second boot";
  EXPECT_EQ(open(normal)->epoch(), epoch);
}

TEST_F(SqliteStoreTest, SaysWhetherTheRunBeforeClosedItInOrder) {
  {
    const auto fresh = open(settings());
    EXPECT_TRUE(fresh->was_closed());
  }
  {
    const auto after_a_crash = open(settings());
    EXPECT_FALSE(after_a_crash->was_closed());
    ASSERT_TRUE(after_a_crash->close());
  }
  EXPECT_TRUE(open(settings())->was_closed());
}

TEST_F(SqliteStoreTest, TakesANewEpochWhenAsked) {
  const auto epoch = open(settings())->epoch();
  auto anew = settings();
  anew.new_epoch = true;
  const auto second = open(anew)->epoch();
  EXPECT_NE(second, epoch);
  EXPECT_EQ(open(settings())->epoch(), second);
}

TEST_F(SqliteStoreTest, RefusesASecondEngineOnTheSameFolder) {
  const auto store = open(settings());
  const auto second = SqliteStore::open(settings(), clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::cannot_start);
  EXPECT_NE(second.error().message.find("another engine uses this folder"), std::string::npos);
}

TEST_F(SqliteStoreTest, NamesAFolderThatCannotBeMade) {
  dir.write("file", "");
  auto wrong = settings();
  wrong.data_dir = dir / "file/data";
  const auto store = SqliteStore::open(wrong, clock);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().reason, Reason::cannot_start);
  EXPECT_NE(store.error().message.find(wrong.data_dir), std::string::npos);
}

TEST_F(SqliteStoreTest, NamesAFileThatIsNoStore) {
  dir.write("taskwire.db", std::string(5000, 'x'));
  const auto store = SqliteStore::open(settings(), clock);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().reason, Reason::cannot_start);
  EXPECT_NE(store.error().message.find(dir / "taskwire.db"), std::string::npos);
}

TEST_F(SqliteStoreTest, RefusesALayoutThatItDoesNotKnow) {
  open(settings()).reset();
  (*sqlite::Database::open(dir / "taskwire.db", sqlite::Database::Access::read_write))
      ->script("UPDATE meta SET schema = 99");
  const auto store = SqliteStore::open(settings(), clock);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().reason, Reason::cannot_start);
  EXPECT_NE(store.error().message.find("newer version"), std::string::npos);
}

TEST_F(SqliteStoreTest, ShowsAReaderOneMoment) {
  auto store = open(settings());
  append(*store, "channels/x");
  auto reader = store->read();
  EXPECT_EQ((*reader)->head().sequence, 1);
  append(*store, "channels/x");
  EXPECT_EQ((*reader)->head().sequence, 1);
  EXPECT_EQ((*reader)->back(0), 1);
  reader = store->read();
  EXPECT_EQ((*reader)->head().sequence, 2);
}

TEST_F(SqliteStoreTest, WritesNothingWhenTheTransactionFails) {
  auto store = open(settings());
  append(*store, "channels/x");
  (*sqlite::Database::open(dir / "taskwire.db", sqlite::Database::Access::read_write))
      ->script("DROP TABLE idempotency");
  const auto committed = store->commit([](Transaction& transaction) {
    v1::Event event;
    event.set_topic("channels/x");
    transaction.append(std::move(event));
    transaction.remember("scope", "key", {"hash", "answer"}, std::chrono::hours(24));
  });
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().reason, Reason::store_failed);
  ASSERT_TRUE(store->reopen());
  EXPECT_EQ(append(*store, "channels/x"), 2);
  EXPECT_EQ(all(*store), (std::vector<Sequence>{1, 2}));
}

TEST_F(SqliteStoreTest, KeepsEachEventOfACommitWhateverTheirNumber) {
  auto store = open(settings());
  Events written;
  for (const int parts : {1, 2, 3}) {
    for (const int events : {1, 2, 15, 16, 17, 31, 32, 33, 100}) {
      auto committed = store->commit([&](Transaction& transaction) {
        for (int part = 0; part < parts; ++part) {
          for (int i = 0; i < events; ++i) {
            v1::Event event;
            event.set_topic("channels/" + std::to_string(i % 3));
            event.set_data(std::string(static_cast<std::size_t>(i), 'x') + std::to_string(part));
            transaction.append(std::move(event));
            if (i != 20) continue;
            v1::Task task;
            task.set_task_id("t" + std::to_string(events) + std::to_string(part));
            task.set_user_id("alice");
            transaction.put_task(task);
            EXPECT_EQ(transaction.task(task.task_id())->cursor(), task.cursor());
            transaction.delete_task(task);
          }
          EXPECT_FALSE(transaction.settle());
        }
      });
      ASSERT_TRUE(committed) << committed.error().message;
      written.insert(written.end(), committed->events.begin(), committed->events.end());
    }
  }
  auto reader = *store->read();
  std::size_t place = 0;
  reader->rows({{.topic = ""}}, reader->head().sequence, [&](const EventPtr& event) {
    EXPECT_EQ(event->bytes, written.at(place)->bytes) << place;
    return ++place < written.size();
  });
  EXPECT_EQ(place, written.size());
  const auto database = *sqlite::Database::open(dir / "taskwire.db", sqlite::Database::Access::read_only);
  auto row = database->query("SELECT sum(length(payload) + 100) FROM event");
  ASSERT_TRUE(row.next());
  EXPECT_EQ(reader->bytes(), row.integer(0));
}

TEST_F(SqliteStoreTest, TakesBackOnlyThePartThatMetDamage) {
  auto store = open(settings());
  v1::Task task;
  task.set_task_id("t1");
  task.set_user_id("alice");
  ASSERT_TRUE(store->commit([&](Transaction& transaction) { transaction.put_task(task); }));
  (*sqlite::Database::open(dir / "taskwire.db", sqlite::Database::Access::read_write))
      ->script("UPDATE event SET payload = x'ff'");
  const auto append_some = [](Transaction& transaction, int events) {
    for (int i = 0; i < events; ++i) {
      v1::Event event;
      event.set_topic("channels/x");
      transaction.append(std::move(event));
    }
  };
  for (const int before : {0, 1, 15, 16, 17}) {
    const auto first = (*store->read())->head().sequence + 1;
    const auto committed = store->commit([&](Transaction& transaction) {
      append_some(transaction, before);
      EXPECT_FALSE(transaction.settle());
      EXPECT_FALSE(transaction.task("t1"));
      append_some(transaction, 20);
      EXPECT_TRUE(transaction.settle()) << before;
      append_some(transaction, 2);
      EXPECT_FALSE(transaction.settle());
    });
    ASSERT_TRUE(committed) << committed.error().message;
    std::vector<Sequence> sequences, expected;
    for (const auto& event : committed->events) sequences.push_back(event->sequence);
    for (int i = 0; i < before + 2; ++i) expected.push_back(first + i);
    EXPECT_EQ(sequences, expected);
    const auto database = *sqlite::Database::open(dir / "taskwire.db", sqlite::Database::Access::read_only);
    auto rows = database->query("SELECT count(*) FROM event WHERE seq >= ?", first);
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), before + 2);
  }
  const auto refused = store->commit([&](Transaction& transaction) {
    append_some(transaction, 1);
    EXPECT_FALSE(transaction.task("t1"));
    EXPECT_FALSE(transaction.settle()) << "it has written";
  });
  EXPECT_FALSE(refused);
}

TEST_F(SqliteStoreTest, ForgetsAnswersWhenTheirTimeIsOver) {
  auto store = open(settings());
  const auto recall = [&] {
    std::optional<Remembered> found;
    (void)store->commit([&](Transaction& transaction) { found = transaction.recall("scope", "key"); });
    return found;
  };
  (void)store->commit([](Transaction& transaction) {
    transaction.remember("scope", "key", {"hash", "answer"}, std::chrono::hours(24));
  });
  EXPECT_EQ(recall()->answer, "answer");
  clock.jump(std::chrono::hours(1000));
  EXPECT_TRUE(recall()) << "a jump of the wall clock is no time that went by";
  clock.jump(-std::chrono::hours(2000));
  EXPECT_TRUE(recall());
  clock.advance(std::chrono::hours(24));
  EXPECT_FALSE(recall());
}

TEST_F(SqliteStoreTest, HasEverythingItAcknowledgedAfterAKill) {
  int acknowledged[2];
  ASSERT_EQ(pipe(acknowledged), 0);
  const auto child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto store = *SqliteStore::open(settings(), clock);
    for (Sequence expected = 1;; ++expected) {
      if (append(*store, "channels/x") != expected) _exit(1);
      if (write(acknowledged[1], &expected, sizeof(expected)) != sizeof(expected)) _exit(1);
    }
  }
  close(acknowledged[1]);
  Sequence last = 0;
  while (last < 200) ASSERT_EQ(::read(acknowledged[0], &last, sizeof(last)), static_cast<ssize_t>(sizeof(last)));
  kill(child, SIGKILL);
  Sequence more = 0;
  while (::read(acknowledged[0], &more, sizeof(more)) == static_cast<ssize_t>(sizeof(more))) last = more;
  close(acknowledged[0]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));

  const auto store = open(settings());
  const auto kept = all(*store);
  ASSERT_GE(kept.size(), static_cast<std::size_t>(last));
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(kept[i], static_cast<Sequence>(i) + 1);
  EXPECT_EQ((*store->read())->head().sequence, kept.back());
}

}  // namespace
}  // namespace taskwire::engine
