#include "store/sqlite_check.h"

#include <gtest/gtest.h>

#include "engine/support/manual_clock.h"
#include "engine/support/temp_dir.h"
#include "store/sqlite_store.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kAll = 1000;

class SqliteCheckTest : public testing::Test {
 protected:
  /// A log with everything in it: six events of a channel, of which two were trimmed, a task that goes on, one that has
  /// ended, one that was deleted, and one of which only the trimmed deletion told.
  void SetUp() override {
    auto store = *SqliteStore::open({.data_dir = dir.path()}, clock);
    for (int i = 0; i < 6; ++i) commit(*store, [](Transaction& t) { append(t, "channels/x"); });
    commit(*store, [](Transaction& t) { put(t, "open", v1::TASK_STATE_RUNNING); });
    commit(*store, [](Transaction& t) { put(t, "forgotten", v1::TASK_STATE_SUCCEEDED); });
    commit(*store, [](Transaction& t) { t.delete_task(task("forgotten", v1::TASK_STATE_SUCCEEDED)); });
    commit(*store, [](Transaction& t) {
      t.trim("channels/x", 2, 0, kAll);
      t.trim("tasks/alice", 9, 9, kAll);
      t.note({SystemTime(std::chrono::hours(1)), SystemTime(std::chrono::hours(1))}, SystemTime());
    });
    commit(*store, [](Transaction& t) { put(t, "ended", v1::TASK_STATE_SUCCEEDED); });
    commit(*store, [](Transaction& t) { put(t, "deleted", v1::TASK_STATE_FAILED); });
    commit(*store, [](Transaction& t) { t.delete_task(task("deleted", v1::TASK_STATE_FAILED)); });
    commit(*store, [](Transaction& t) {
      append(t, "channels/gone");
      t.note({SystemTime(std::chrono::hours(2)), SystemTime(std::chrono::hours(2))}, SystemTime());
    });
    commit(*store, [](Transaction& t) {
      t.trim("channels/gone", 13, 0, kAll);
      t.forget_topic("channels/gone");
      v1::PublishResponse answer;
      answer.set_cursor("epoch-1");
      t.remember("alice", "key", {"hash", answer.SerializeAsString()}, std::chrono::hours(24));
    });
    ASSERT_TRUE(store->close());
  }

  template <class Write>
  static void commit(Store& store, const Write& write) {
    const auto committed = store.commit(write);
    ASSERT_TRUE(committed) << committed.error().message;
  }
  static void append(Transaction& transaction, const std::string& topic) {
    v1::Event event;
    event.set_topic(topic);
    event.set_data("data");
    transaction.append(std::move(event));
  }
  static v1::Task task(const std::string& id, v1::TaskState state) {
    v1::Task task;
    task.set_task_id(id);
    task.set_user_id("alice");
    task.set_state(state);
    (*task.mutable_params()->mutable_fields())["a"].set_number_value(1);
    return task;
  }
  static void put(Transaction& transaction, const std::string& id, v1::TaskState state) {
    auto made = task(id, state);
    transaction.put_task(made);
  }

  /// What the check finds where `script` has been at the file.
  std::vector<std::string> after(const char* script) {
    const auto file = dir / "other.db";
    std::filesystem::copy_file(dir / "taskwire.db", file, std::filesystem::copy_options::overwrite_existing);
    {
      const auto database = *sqlite::Database::open(file, sqlite::Database::Access::read_write);
      database->script(script);
      EXPECT_FALSE(database->failure()) << script << ": " << database->failure()->message;
    }
    auto report = check_log(file);
    EXPECT_TRUE(report) << report.error().message;
    return report->findings;
  }
  void expect(const char* script, const std::string& finding) {
    const auto findings = after(script);
    EXPECT_TRUE(std::any_of(findings.begin(), findings.end(),
                            [&](const std::string& each) { return each.find(finding) != std::string::npos; }))
        << script << " is to be found as: " << finding << "; found "
        << (findings.empty() ? "nothing" : findings.front());
  }

  TempDir dir;
  ManualClock clock;
};

TEST_F(SqliteCheckTest, FindsNothingInALogThatIsAsItWasWritten) {
  const auto report = check_log(dir / "taskwire.db");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->findings, std::vector<std::string>{});
  EXPECT_EQ(report->head, 13);
  EXPECT_EQ(report->events, 8U);
  EXPECT_EQ(report->topics, 2U);
  EXPECT_EQ(report->tasks, 2U);
  EXPECT_EQ(after(""), std::vector<std::string>{});
}

TEST_F(SqliteCheckTest, FindsNothingWhileAnEngineWrites) {
  const auto store = *SqliteStore::open({.data_dir = dir.path()}, clock);
  commit(*store, [](Transaction& t) { append(t, "channels/x"); });
  EXPECT_EQ(check_log(dir / "taskwire.db")->findings, std::vector<std::string>{});
  commit(*store, [](Transaction& t) { append(t, "channels/x"); });
  EXPECT_EQ(check_log(dir / "taskwire.db")->head, 15);
}

TEST_F(SqliteCheckTest, FindsEventsThatAreNotWhatWasWritten) {
  expect("UPDATE event SET payload = x'ffff' WHERE seq = 3", "event 3: is not what was written");
  expect("UPDATE event SET payload = x'' WHERE seq = 3", "event 3: is of topic ''");
  expect("UPDATE event SET at_ms = at_ms + 1 WHERE seq = 4", "event 4: its time is not its row's");
  expect("UPDATE event SET key = 'other' WHERE seq = 7", "event 7: is not of the task that its row names");
  expect("UPDATE event SET deletion = 1 WHERE seq = 7", "event 7: is not of the task that its row names");
  expect("UPDATE event SET topic_id = 99 WHERE seq = 3", "event 3: its topic is not there");
  expect("UPDATE event SET topic_id = (SELECT topic_id FROM event WHERE seq = 3) WHERE seq = 7", "not channels/x");
  expect("DELETE FROM topic WHERE name = 'channels/x'", "event 3: its topic is not there");
  expect("UPDATE meta SET bytes = bytes + 1", "meta: tells of");
}

TEST_F(SqliteCheckTest, FindsPlacesThatCannotBe) {
  expect("UPDATE meta SET head = 12", "meta: its floors are 13 and 0, though the head is 12");
  expect("UPDATE meta SET head = 11", "event 12: lies beyond the head, 11");
  expect("UPDATE meta SET epoch = '!'", "'!' cannot name a log");
  expect("UPDATE meta SET trimmed_through = 99", "meta: its floors are 99 and 0");
  expect("UPDATE topic SET deletions_trimmed_through = 12 WHERE name = 'channels/x'", "topic channels/x: its floors");
  expect("UPDATE topic SET trimmed_through = 3 WHERE name = 'channels/x'",
         "event 3: lies at or below what was trimmed");
  expect("UPDATE topic SET trimmed_through = 12, deletions_trimmed_through = 12 WHERE name = 'tasks/alice'",
         "event 12: lies at or below the trimmed deletions of tasks/alice");
  expect("UPDATE topic SET keyed = 1 WHERE name = 'channels/x'", "topic channels/x: is marked for another kind");
  expect("UPDATE topic SET name = 'nothing' WHERE name = 'channels/x'", "topic nothing: is no topic");
  expect("UPDATE mark SET age_ms = 0 WHERE seq = (SELECT max(seq) FROM mark)", "mark 13: lies beyond the head");
}

TEST_F(SqliteCheckTest, FindsTasksThatAreNotTheirLastEvent) {
  expect("UPDATE task SET state = 4 WHERE id = 'open'", "task open: its state is not its last event's");
  expect("UPDATE task SET last_seq = 8 WHERE id = 'open'", "task open: its last event, 8, is not there");
  expect("UPDATE task SET last_seq = 10 WHERE id = 'open'", "task open: event 10 is not its own");
  expect("UPDATE task SET first_seq = 9 WHERE id = 'open'", "task open: begins behind its last event");
  expect("UPDATE task SET last_seq = 3 WHERE id = 'ended'", "event 10: is newer than what task ended points at, 3");
  expect("DELETE FROM task WHERE id = 'ended'", "event 10: its task ended is not there");
  expect("DELETE FROM task WHERE id = 'open'", "task open: is not there, though what it was given is");
  expect("INSERT INTO task SELECT 'deleted', topic_id, state, first_seq, last_seq FROM task WHERE id = 'ended'",
         "event 12: says that task deleted is gone, and it is there");
  expect("UPDATE task_detail SET params = x'ff' WHERE id = 'open'", "task open: what it was given or answered");
  expect("UPDATE idempotency SET answer = x'ff'", "key key of alice: is not what was written");
  expect("UPDATE idempotency SET hash = x''", "key key of alice: is not what was written");
  expect("UPDATE task_detail SET attempts = x'ff' WHERE id = 'open'", "task open: what became of its attempts");
}

TEST_F(SqliteCheckTest, FindsWhatIsWrongWithTheFile) {
  expect("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'event_deletion'", "the file: ");
  const auto missing = check_log(dir / "nothing.db");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason, Reason::cannot_start);
  dir.write("other.db", "");
  EXPECT_NE(check_log(dir / "other.db").error().message.find("there is no log in it yet"), std::string::npos);
  dir.write("other.db", std::string(5000, 'x'));
  EXPECT_NE(check_log(dir / "other.db").error().message.find("other.db"), std::string::npos);
}

TEST_F(SqliteCheckTest, TellsOfManyFindingsHowManyThereAre) {
  const auto file = dir / "taskwire.db";
  {
    const auto store = *SqliteStore::open({.data_dir = dir.path()}, clock);
    commit(*store, [](Transaction& t) {
      for (std::size_t i = 0; i < CheckReport::kMostFindings + 5; ++i) append(t, "channels/many");
    });
    ASSERT_TRUE(store->close());
  }
  (*sqlite::Database::open(file, sqlite::Database::Access::read_write))
      ->script("UPDATE event SET at_ms = 1 WHERE seq > 13");
  const auto report = check_log(file);
  EXPECT_EQ(report->findings.size(), CheckReport::kMostFindings);
  EXPECT_EQ(report->more_findings, 5U);
}

}  // namespace
}  // namespace taskwire::engine
