#include "store/sqlite_migration.h"

#include <array>
#include <filesystem>
#include <gtest/gtest.h>
#include <set>

#include "engine/support/captured_log.h"
#include "engine/support/manual_clock.h"
#include "engine/support/modes.h"
#include "engine/support/temp_dir.h"
#include "store/layout_1.h"
#include "store/layout_2.h"
#include "store/layout_3.h"
#include "store/layout_4.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_store.h"

namespace taskwire::engine {
namespace {

class SqliteMigrationTest : public testing::Test {
 protected:
  SqliteMigrationTest() {
    dir.write("taskwire.db", "");
    bring_to(1);
  }
  /// As the engine left it that had this layout last.
  void bring_to(int layout) {
    const auto database = *sqlite::Database::open(file, sqlite::Database::Access::read_write);
    for (; layout_ < layout; ++layout_) database->script(kLayouts[static_cast<std::size_t>(layout_)]);
    EXPECT_FALSE(database->failure()) << database->failure()->message;
  }
  Result<std::unique_ptr<SqliteStore>> open() {
    return SqliteStore::open({.data_dir = dir.path(), .boot_id = "boot"}, clock);
  }
  std::int64_t number(const std::string& of, const char* sql) {
    const auto database = *sqlite::Database::open(of, sqlite::Database::Access::read_only);
    auto row = database->query(sql);
    return row.next() ? row.integer(0) : -1;
  }

  static constexpr std::array kLayouts{kLayout1, kLayout2, kLayout3, kLayout4};
  static_assert(kLayouts.size() == kSqliteSchema - 1, "a layout that was left behind has a file here");

  TempDir dir;
  ManualClock clock;
  const std::string file = dir / "taskwire.db";
  const std::string copy = file + ".layout-1";

 private:
  int layout_ = 0;
};

/// Beginning with any layout before today's.
class SqliteEarlierLayoutTest : public SqliteMigrationTest, public testing::WithParamInterface<int> {
 protected:
  SqliteEarlierLayoutTest() { bring_to(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Each, SqliteEarlierLayoutTest, testing::Range(1, kSqliteSchema));

TEST_F(SqliteMigrationTest, BringsTheFirstLayoutToTodaysWithAllThatItHolds) {
  {
    auto store = open();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*store)->epoch(), "abcd1234");
    const auto reader = *(*store)->read();
    EXPECT_EQ(reader->head().sequence, 6);
    EXPECT_EQ(reader->floors("channels/x").lost, 1);
    EXPECT_EQ(reader->floors("channels/unknown").lost, 0);
    EXPECT_EQ(reader->task("t1")->state(), v1::TASK_STATE_SUCCEEDED);
    EXPECT_EQ(reader->open_tasks().size(), 1U);
    const auto all = std::string("SELECT ") + kSqliteAllBytes;
    EXPECT_EQ(reader->bytes(), number(file, all.c_str()));
    const auto surplus = reader->surplus("tasks/alice", {.tasks_after = 4, .events = 10, .tasks = 10}, 10);
    ASSERT_EQ(surplus.tasks.size(), 1U);
    EXPECT_EQ(surplus.tasks[0].task_id, "t1");
    EXPECT_EQ(reader->error(), std::nullopt);
    EXPECT_TRUE((*store)->close());
  }
  EXPECT_EQ(number(file, "SELECT schema FROM meta"), kSqliteSchema);
  EXPECT_TRUE(open()) << "and once is enough";
}

TEST_P(SqliteEarlierLayoutTest, HoldsWhatItHeld) {
  {
    const auto store = open();
    ASSERT_TRUE(store) << store.error().message;
    const auto reader = *(*store)->read();
    EXPECT_EQ(reader->head().sequence, 6);
    EXPECT_EQ(reader->floors("channels/x").lost, 1);
    EXPECT_EQ(reader->task("t1")->past_attempts_size(), GetParam() < 3 ? 0 : 1);
    EXPECT_EQ(reader->open_tasks().size(), 1U);
    EXPECT_EQ(reader->leases().size(), GetParam() < 4 ? 0U : 1U);
    EXPECT_EQ(reader->types().size(), GetParam() < 4 ? 0U : 1U);
    EXPECT_EQ(reader->output_bytes(), 0);
    EXPECT_EQ(reader->error(), std::nullopt);
    EXPECT_TRUE((*store)->close());
  }
  EXPECT_EQ(number(file, "SELECT schema FROM meta"), kSqliteSchema);
  EXPECT_EQ(number(file + ".layout-" + std::to_string(GetParam()), "SELECT schema FROM meta"), GetParam());
}

TEST_P(SqliteEarlierLayoutTest, HasTheIndicesOfANewLog) {
  const auto indices = [](const std::string& of) {
    std::set<std::string> found;
    const auto database = *sqlite::Database::open(of, sqlite::Database::Access::read_only);
    auto row = database->query("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL");
    while (row.next()) found.emplace(row.bytes(0));
    return found;
  };
  ASSERT_TRUE(open());
  const TempDir fresh;
  ASSERT_TRUE(SqliteStore::open({.data_dir = fresh.path()}, clock));
  EXPECT_EQ(indices(file), indices(fresh / "taskwire.db"));
}

TEST_F(SqliteMigrationTest, KnowsWhenEventsWereWrittenAndNeverTakesOneForOlderThanThoseBeforeIt) {
  clock.advance(std::chrono::hours(1));
  const auto store = *open();
  const auto reader = *store->read();
  const auto at = [](std::int64_t ms) { return SystemTime(std::chrono::milliseconds(ms)); };
  EXPECT_EQ(reader->written_by(at(1'799'999'999'999)), 0);
  EXPECT_EQ(reader->written_by(at(1'800'000'000'000)), 2);
  EXPECT_EQ(reader->written_by(at(1'800'000'002'500)), 4);
  EXPECT_EQ(reader->written_by(at(1'800'000'003'000)), 6);
  EXPECT_EQ(reader->last_note()->age, at(1'800'000'003'000));
}

TEST_F(SqliteMigrationTest, LeavesACopyOfWhatWasForItsOwnerAlone) {
  const CapturedLog log;
  ASSERT_TRUE(open());
  EXPECT_NE(log.text().find(copy), std::string::npos) << log.text();
  EXPECT_EQ(mode_of(copy), 0600U);
  EXPECT_EQ(number(copy, "SELECT schema FROM meta"), 1);
  EXPECT_EQ(number(copy, "SELECT count(*) FROM event"), 5);
  EXPECT_EQ(number(copy, "PRAGMA application_id"), 0x74776972);
}

TEST_F(SqliteMigrationTest, ChangesNothingWhereThereCanBeNoCopy) {
  std::filesystem::create_directory(copy);
  dir.write("taskwire.db.layout-1/in-the-way", "");
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().reason, Reason::cannot_start);
  EXPECT_NE(store.error().message.find(copy), std::string::npos) << store.error().message;
  EXPECT_EQ(number(file, "SELECT schema FROM meta"), 1);
}

TEST_F(SqliteMigrationTest, MakesTheCopyAnewWhereAnEarlierStartDidNotComeToItsEnd) {
  dir.write("taskwire.db.layout-1", "half a copy");
  ASSERT_TRUE(open());
  EXPECT_EQ(number(copy, "SELECT count(*) FROM event"), 5);
}

}  // namespace
}  // namespace taskwire::engine
