#include "store/sqlite_failure.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <set>
#include <sqlite3.h>

namespace taskwire::engine::sqlite {
namespace {

TEST(SqliteFailure, TellsTroublesApartByWhatMendsThem) {
  const struct {
    int code, os_error;
    Trouble trouble;
  } cases[] = {
      {SQLITE_FULL, 0, Trouble::full},
      {SQLITE_IOERR_WRITE, ENOSPC, Trouble::full},
      {SQLITE_IOERR_WRITE, EDQUOT, Trouble::full},
      {SQLITE_IOERR_WRITE, EFBIG, Trouble::full},
      {SQLITE_IOERR_SHMSIZE, 0, Trouble::full},
      {SQLITE_IOERR_SHMSIZE, ENOENT, Trouble::full},
      {SQLITE_IOERR_SHMSIZE, ENOMEM, Trouble::no_memory},
      {SQLITE_READONLY, 0, Trouble::no_access},
      {SQLITE_CANTOPEN, EACCES, Trouble::no_access},
      {SQLITE_CANTOPEN, EROFS, Trouble::no_access},
      {SQLITE_CANTOPEN, ENOENT, Trouble::missing},
      {SQLITE_CANTOPEN, EMFILE, Trouble::no_descriptors},
      {SQLITE_READONLY_DBMOVED, 0, Trouble::missing},
      {SQLITE_BUSY, 0, Trouble::locked},
      {SQLITE_BUSY_RECOVERY, 0, Trouble::locked},
      {SQLITE_CORRUPT, 0, Trouble::damaged},
      {SQLITE_CORRUPT_INDEX, 0, Trouble::damaged},
      {SQLITE_NOTADB, 0, Trouble::no_database},
      {SQLITE_IOERR_READ, EIO, Trouble::device},
      {SQLITE_IOERR_FSYNC, 0, Trouble::device},
      {SQLITE_NOMEM, 0, Trouble::no_memory},
      {SQLITE_IOERR_NOMEM, 0, Trouble::no_memory},
      {SQLITE_ERROR, 0, Trouble::other},
  };
  for (const auto& [code, os_error, trouble] : cases)
    EXPECT_EQ(trouble_of({code, os_error, ""}), trouble) << code << ' ' << os_error;
}

TEST(SqliteFailure, HasWordsOfItsOwnForEachTrouble) {
  std::set<std::string_view> words;
  for (int trouble = 0; trouble <= static_cast<int>(Trouble::other); ++trouble)
    words.insert(mend_of(static_cast<Trouble>(trouble)));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(Trouble::other) + 1);
}

TEST(SqliteFailure, AdvisesNobodyToGiveUpAFileThatIsWhole) {
  for (const auto trouble : {Trouble::full, Trouble::no_access, Trouble::locked, Trouble::no_descriptors,
                             Trouble::no_memory, Trouble::device, Trouble::other}) {
    for (const auto* const word : {"backup", "--data-dir", "--new-epoch", "remove"})
      EXPECT_EQ(mend_of(trouble).find(word), std::string_view::npos) << mend_of(trouble);
  }
}

TEST(SqliteFailure, KnowsWhichFailedCommitsWroteNothing) {
  EXPECT_TRUE(leaves_nothing({SQLITE_FULL, 0, ""}));
  EXPECT_TRUE(leaves_nothing({SQLITE_IOERR_WRITE, EFBIG, ""}));
  EXPECT_TRUE(leaves_nothing({SQLITE_BUSY, 0, ""}));
  EXPECT_TRUE(leaves_nothing({SQLITE_READONLY, 0, ""}));
  EXPECT_FALSE(leaves_nothing({SQLITE_IOERR_FSYNC, ENOSPC, ""})) << "what was written may be found after a crash";
  EXPECT_FALSE(leaves_nothing({SQLITE_IOERR_WRITE, EIO, ""}));
  EXPECT_FALSE(leaves_nothing({SQLITE_CORRUPT, 0, ""}));
  for (const int code :
       {SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_SHMMAP, SQLITE_IOERR_SHMOPEN,
        SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_FSTAT, SQLITE_CANTOPEN, SQLITE_READONLY_DBMOVED}) {
    for (const int os_error : {0, ENOSPC, EDQUOT, EACCES, EROFS})
      EXPECT_FALSE(leaves_nothing({code, os_error, ""})) << code << ' ' << os_error;
  }
}

}  // namespace
}  // namespace taskwire::engine::sqlite
