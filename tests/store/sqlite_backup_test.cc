#include "store/sqlite_backup.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/support/manual_clock.h"
#include "engine/support/temp_dir.h"
#include "store/sqlite.h"
#include "store/sqlite_check.h"
#include "store/sqlite_store.h"

namespace taskwire::engine {
namespace {

class SqliteBackupTest : public testing::Test {
 protected:
  SqliteBackupTest() : store(*SqliteStore::open({.data_dir = dir / "data"}, clock)) {
    std::filesystem::create_directory(dir / "copy");
  }
  void append() {
    const auto committed = store->commit([](Transaction& transaction) {
      v1::Event event;
      event.set_topic("channels/x");
      event.set_data(std::string(1000, 'x'));
      transaction.append(std::move(event));
    });
    ASSERT_TRUE(committed) << committed.error().message;
  }
  Result<void> back_up_to(const std::string& file) { return back_up(log, file, system_random()); }

  TempDir dir;
  ManualClock clock;
  std::unique_ptr<SqliteStore> store;
  const std::string log = dir / "data/taskwire.db";
  const std::string copy = dir / "copy/taskwire.db";
};

TEST_F(SqliteBackupTest, CopiesALogThatIsInUseUnderAnotherEpoch) {
  for (int i = 0; i < 100; ++i) append();
  ASSERT_TRUE(back_up_to(copy));
  append();
  const auto original = check_log(log);
  const auto copied = check_log(copy);
  ASSERT_TRUE(original && copied);
  EXPECT_EQ(copied->findings, std::vector<std::string>{});
  EXPECT_EQ(copied->head, 100);
  EXPECT_EQ(copied->events, 100U);
  EXPECT_NE(copied->epoch, original->epoch);
  EXPECT_EQ(original->epoch, store->epoch());
  const auto opened = SqliteStore::open({.data_dir = dir / "copy"}, clock);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->epoch(), copied->epoch);
  EXPECT_EQ((*(*opened)->read())->head(), (Cursor{copied->epoch, 100}));
}

TEST_F(SqliteBackupTest, ADamagedLogIsSavedAsTheReadmeSays) {
  if (std::system("command -v sqlite3 >/dev/null") != 0) GTEST_SKIP() << "there is no sqlite3 (Debian package sqlite3)";
  for (int i = 0; i < 100; ++i) append();
  const auto epoch = store->epoch();
  ASSERT_TRUE(store->close());
  constexpr auto kPage = 4096;
  std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-3 * kPage, std::ios::end) << std::string(kPage, '\xFF');
  file.close();
  const auto save = "sqlite3 '" + log +
                    "' .dump 2>/dev/null | sed '$s/^ROLLBACK.*/COMMIT;/' | "
                    "sqlite3 -cmd 'PRAGMA auto_vacuum=INCREMENTAL' '" +
                    copy + "'";
  ASSERT_EQ(std::system(save.c_str()), 0);
  const auto opened = SqliteStore::open({.data_dir = dir / "copy", .new_epoch = true}, clock);
  ASSERT_TRUE(opened) << opened.error().message;
  const auto saved = (*(*opened)->read())->head().sequence;
  EXPECT_EQ(saved, 100);
  EXPECT_NE((*opened)->epoch(), epoch);
  std::size_t events = 0;
  (*(*opened)->read())->rows({{.topic = ""}}, saved, [&](const EventPtr&) { return ++events > 0; });
  EXPECT_GT(events, 50U);
  EXPECT_LT(events, 100U) << "nothing was damaged";
  auto raw = *sqlite::Database::open(copy, sqlite::Database::Access::read_only);
  auto vacuum = raw->query("PRAGMA auto_vacuum");
  ASSERT_TRUE(vacuum.next());
  EXPECT_EQ(vacuum.integer(0), 2) << "it can get smaller again";
}

TEST_F(SqliteBackupTest, LeavesOneFileForItsOwnerAlone) {
  append();
  ASSERT_TRUE(back_up_to(copy));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir / "copy"), {}), 1);
  struct stat found {};
  ASSERT_EQ(stat(copy.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
}

TEST_F(SqliteBackupTest, ReplacesNothing) {
  for (const auto* const there : {"copy/taskwire.db", "data/taskwire.db"}) {
    dir.write("copy/taskwire.db", "precious");
    const auto done = back_up_to(dir / there);
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message.find("is there already"), std::string::npos) << done.error().message;
  }
  std::string content;
  std::ifstream(copy) >> content;
  EXPECT_EQ(content, "precious");
}

TEST_F(SqliteBackupTest, MakesAnewWhatAnEarlierOneLeftHalf) {
  append();
  dir.write("copy/taskwire.db.partial", "half");
  EXPECT_TRUE(back_up_to(copy));
  EXPECT_EQ(check_log(copy)->findings, std::vector<std::string>{});
}

TEST_F(SqliteBackupTest, SaysWhereItCannotWrite) {
  const auto done = back_up_to(dir / "nowhere/copy.db");
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("nowhere/copy.db: No such file or directory"), std::string::npos)
      << done.error().message;
  EXPECT_FALSE(back_up(dir / "nothing.db", copy, system_random()));
  EXPECT_FALSE(std::filesystem::exists(copy));
}

}  // namespace
}  // namespace taskwire::engine
