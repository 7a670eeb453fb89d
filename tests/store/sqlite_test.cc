#include "store/sqlite.h"

#include <gtest/gtest.h>

#include "engine/support/temp_dir.h"

namespace taskwire::engine::sqlite {
namespace {

class SqliteTest : public testing::Test {
 protected:
  static const TempDir& with_empty_file(const TempDir& dir) {
    dir.write("test.db", "");
    return dir;
  }

  TempDir dir;
  std::unique_ptr<Database> database = *Database::open(with_empty_file(dir) / "test.db", Database::Access::read_write);
};

TEST_F(SqliteTest, GivesBackWhatWasBound) {
  database->script("CREATE TABLE t (i INTEGER, s TEXT, b BLOB, n TEXT)");
  const std::string text("a\0ü", 4);
  database->run("INSERT INTO t VALUES (?, ?, ?, NULL)", std::int64_t{-5}, std::string_view(text), Blob{text});
  auto row = database->query("SELECT i, s, b, n FROM t");
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.integer(0), -5);
  EXPECT_EQ(row.bytes(1), text);
  EXPECT_EQ(row.bytes(2), text);
  EXPECT_FALSE(row.is_null(2));
  EXPECT_TRUE(row.is_null(3));
  EXPECT_FALSE(row.next());
}

TEST_F(SqliteTest, TakesAnEmptyTextForATextAndNotForNull) {
  auto row = database->query("SELECT ?, ?", std::string_view(), Blob{});
  ASSERT_TRUE(row.next());
  EXPECT_FALSE(row.is_null(0));
  EXPECT_FALSE(row.is_null(1));
}

TEST_F(SqliteTest, RunsTheSameStatementTwiceAtATime) {
  constexpr std::string_view kSql = "SELECT ? UNION ALL SELECT 9";
  auto first = database->query(kSql, 1);
  auto second = database->query(kSql, 2);
  ASSERT_TRUE(first.next());
  ASSERT_TRUE(second.next());
  EXPECT_EQ(first.integer(0), 1);
  EXPECT_EQ(second.integer(0), 2);
}

TEST_F(SqliteTest, DoesNothingAfterItsFirstFailure) {
  database->script("CREATE TABLE t (i INTEGER)");
  database->run("INSERT INTO nonsense VALUES (1)");
  ASSERT_TRUE(database->failure());
  const auto failure = database->failure()->message;
  EXPECT_NE(failure.find(dir / "test.db"), std::string::npos);
  EXPECT_NE(failure.find("nonsense"), std::string::npos);
  database->run("INSERT INTO t VALUES (1)");
  EXPECT_FALSE(database->query("SELECT 1").next());
  EXPECT_EQ(database->failure()->message, failure);
  const auto again = *Database::open(dir / "test.db", Database::Access::read_only);
  EXPECT_FALSE(again->query("SELECT 1 FROM t").next());
}

TEST_F(SqliteTest, WritesNothingThroughAReader) {
  database->script("CREATE TABLE t (i INTEGER)");
  const auto reader = *Database::open(dir / "test.db", Database::Access::read_only);
  reader->run("INSERT INTO t VALUES (1)");
  EXPECT_TRUE(reader->failure());
}

TEST_F(SqliteTest, FailsWhereItIsToldThatItIsDamaged) {
  database->damaged("row 7 is not what was written");
  EXPECT_EQ(database->failure()->code, SQLITE_CORRUPT);
  EXPECT_FALSE(database->query("SELECT 1").next());
  database->damaged("row 8");
  EXPECT_NE(database->failure()->message.find("row 7"), std::string::npos);
}

TEST(Sqlite, MakesNoFile) {
  const TempDir dir;
  EXPECT_FALSE(Database::open(dir / "test.db", Database::Access::read_write));
  EXPECT_FALSE(std::filesystem::exists(dir / "test.db"));
}

TEST(Sqlite, SaysWhichFileCannotBeOpened) {
  const auto missing = Database::open("/nonexistent/x.db", Database::Access::read_only);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason, Reason::store_failed);
  EXPECT_NE(missing.error().message.find("/nonexistent/x.db"), std::string::npos);
}

}  // namespace
}  // namespace taskwire::engine::sqlite
