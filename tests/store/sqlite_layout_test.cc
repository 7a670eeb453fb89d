#include "store/sqlite_layout.h"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "engine/support/manual_clock.h"
#include "engine/support/temp_dir.h"
#include "store/sqlite_store.h"

namespace taskwire::engine {
namespace {

class SqliteLayoutTest : public testing::Test {
 protected:
  void run(const char* script) {
    if (!std::filesystem::exists(file)) dir.write("taskwire.db", "");
    const auto database = *sqlite::Database::open(file, sqlite::Database::Access::read_write);
    database->script(script);
    ASSERT_FALSE(database->failure()) << database->failure()->message;
  }
  std::string content() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// Opens it as an engine does; what that says, or nothing.
  std::string open() {
    auto store = SqliteStore::open({.data_dir = dir.path()}, clock);
    if (store) return "";
    EXPECT_EQ(store.error().reason, Reason::cannot_start);
    EXPECT_NE(store.error().message.find(file), std::string::npos) << store.error().message;
    return store.error().message;
  }

  TempDir dir;
  ManualClock clock;
  const std::string file = dir / "taskwire.db";
};

TEST_F(SqliteLayoutTest, LeavesAFileOfAnotherProgramAsItIs) {
  for (const auto* const script : {"CREATE TABLE bookmarks (url TEXT)", "CREATE TABLE meta (key TEXT, value TEXT)",
                                   "PRAGMA application_id = 7; CREATE TABLE t (x)"}) {
    std::filesystem::remove(file);
    run(script);
    const auto before = content();
    EXPECT_NE(open().find("belongs to another program"), std::string::npos) << script;
    EXPECT_EQ(content(), before) << script;
  }
}

TEST_F(SqliteLayoutTest, MarksItsOwnFileAndKnowsOneFromBeforeTheMark) {
  EXPECT_EQ(open(), "");
  run("PRAGMA application_id = 0");
  EXPECT_EQ(open(), "");
  const auto database = *sqlite::Database::open(file, sqlite::Database::Access::read_only);
  auto id = database->query("PRAGMA application_id");
  ASSERT_TRUE(id.next());
  EXPECT_EQ(id.integer(0), kSqliteApplicationId);
}

TEST_F(SqliteLayoutTest, MakesALogThatCanGiveRoomBack) {
  EXPECT_EQ(open(), "");
  const auto database = *sqlite::Database::open(file, sqlite::Database::Access::read_only);
  auto mode = database->query("PRAGMA auto_vacuum");
  ASSERT_TRUE(mode.next());
  EXPECT_EQ(mode.integer(0), 2);
}

TEST_F(SqliteLayoutTest, SaysThatALogLacksItsTables) {
  EXPECT_EQ(open(), "");
  run("DROP TABLE idempotency; DROP TABLE event");
  const auto said = open();
  EXPECT_NE(said.find("lacks the tables event, idempotency"), std::string::npos) << said;
  EXPECT_NE(said.find("damaged"), std::string::npos) << said;
}

TEST_F(SqliteLayoutTest, SaysThatALogIsOfAnotherVersionWhateverTablesThatHas) {
  EXPECT_EQ(open(), "");
  run("UPDATE meta SET schema = 99; DROP TABLE event");
  EXPECT_NE(open().find("layout 99"), std::string::npos);
}

TEST_F(SqliteLayoutTest, SaysThatALogHasNoHead) {
  EXPECT_EQ(open(), "");
  run("DELETE FROM meta");
  EXPECT_NE(open().find("meta is empty"), std::string::npos);
}

TEST_F(SqliteLayoutTest, TellsWhatIsNoDatabaseFromWhatIsAnothers) {
  dir.write("taskwire.db", std::string(5000, 'x'));
  const auto said = open();
  EXPECT_NE(said.find("not a database"), std::string::npos) << said;
  EXPECT_NE(said.find("another --data-dir"), std::string::npos) << said;
}

}  // namespace
}  // namespace taskwire::engine
