// What the store says and does when its files do not do what they should.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/support/captured_log.h"
#include "engine/support/faulty_files.h"
#include "engine/support/manual_clock.h"
#include "engine/support/modes.h"
#include "engine/support/temp_dir.h"
#include "store/sqlite_store.h"

namespace taskwire::engine {
namespace {

/// No file of this process may grow beyond so many bytes, until it goes.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  rlimit before_{};
  void (*signal_)(int);
};

/// This process may open no file, until it goes.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = dup(0);
    const rlimit none{static_cast<rlim_t>(lowest_free), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    close(lowest_free);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

class SqliteTroubleTest : public testing::Test {
 protected:
  SqliteStore::Settings settings() const {
    return {.data_dir = dir / "data", .boot_id = "boot", .lock_patience = std::chrono::milliseconds(1)};
  }
  void open() {
    auto opened = SqliteStore::open(settings(), clock);
    ASSERT_TRUE(opened) << opened.error().message;
    store = std::move(*opened);
  }
  /// What a start says.
  std::string refusal() {
    store.reset();
    auto opened = SqliteStore::open(settings(), clock);
    EXPECT_FALSE(opened);
    if (opened) return "";
    EXPECT_EQ(opened.error().reason, Reason::cannot_start);
    return opened.error().message;
  }
  static Result<Committed> append(Store& into, std::size_t bytes = 10) {
    return into.commit([&](Transaction& transaction) {
      v1::Event event;
      event.set_topic("channels/x");
      event.set_data(std::string(bytes, 'x'));
      transaction.append(std::move(event));
    });
  }
  /// What an append says; nothing if it went well.
  std::string append_error(Reason reason = Reason::store_failed) {
    const auto committed = append(*store);
    if (committed) return "";
    EXPECT_EQ(committed.error().reason, reason) << committed.error().message;
    return committed.error().message;
  }
  /// All that can be read; nothing where that fails, and `read_error` says why.
  std::vector<Sequence> all() {
    std::vector<Sequence> sequences;
    read_error = "";
    auto reader = store->read();
    if (!reader) {
      read_error = reader.error().message;
      return {};
    }
    (*reader)->rows({{.topic = ""}}, (*reader)->head().sequence, [&](const EventPtr& event) {
      sequences.push_back(event->sequence);
      return true;
    });
    if (const auto error = (*reader)->error()) {
      EXPECT_EQ(error->reason, Reason::store_failed);
      read_error = error->message;
      return {};
    }
    return sequences;
  }
  void change(const char* script) const {
    const auto database = *sqlite::Database::open(file, sqlite::Database::Access::read_write);
    database->script(script);
    ASSERT_FALSE(database->failure()) << database->failure()->message;
  }
  static void expect(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << "no \"" << part << "\" in: " << text;
  }
  static void expect_not(const std::string& text, const std::string& part) {
    EXPECT_EQ(text.find(part), std::string::npos) << '"' << part << "\" in: " << text;
  }

  TempDir dir;
  ManualClock clock;
  const std::string file = dir / "data/taskwire.db";
  std::unique_ptr<SqliteStore> store;
  std::string read_error;
};

TEST_F(SqliteTroubleTest, SaysThatNothingWasWrittenWhereThereIsNoRoomAndGoesOnWhenThereIs) {
  open();
  Sequence head = 0;
  {
    const FileSizeLimit limit(200'000);
    auto committed = append(*store, 5000);
    for (int i = 0; i < 100 && committed; ++i) {
      head = committed->after + 1;
      committed = append(*store, 5000);
    }
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().reason, Reason::store_failed) << committed.error().message;
    expect(committed.error().message, "nothing was written");
    expect(committed.error().message, "make room");
    expect_not(committed.error().message, "same key");
    expect_not(committed.error().message, "backup");
    ASSERT_TRUE(store->reopen());
    EXPECT_EQ(all().size(), static_cast<std::size_t>(head)) << "it can be read: " << read_error;
    committed = append(*store, 5000);
    ASSERT_FALSE(committed);
    expect(committed.error().message, "make room");
  }
  ASSERT_TRUE(store->reopen());
  EXPECT_EQ(append_error(), "");
  EXPECT_EQ(all().size(), static_cast<std::size_t>(head) + 1);
}

TEST_F(SqliteTroubleTest, TakesNoWritesFromAStartWithoutRoomOnAndAdvisesNobodyToGiveUpTheLog) {
  open();
  EXPECT_EQ(append_error(), "");
  store.reset();
  {
    const FileSizeLimit limit(1000);
    open();
    EXPECT_EQ(all(), (std::vector<Sequence>{1}));
    const auto said = append_error();
    expect(said, "make room");
    expect_not(said, "backup");
    expect_not(said, "data-dir");
  }
  ASSERT_TRUE(store->reopen());
  EXPECT_EQ(append_error(), "");
  EXPECT_EQ(all(), (std::vector<Sequence>{1, 2}));
}

TEST_F(SqliteTroubleTest, SaysThatTheOutcomeIsUnknownOnlyWhereItIs) {
  FaultyFiles files;
  open();
  EXPECT_EQ(append_error(), "");
  files.fail(FaultyFiles::Call::sync, "-wal", SQLITE_IOERR_FSYNC);
  const auto said = append_error(Reason::unknown_outcome);
  expect(said, "same key");
  expect(said, "look before you repeat");
  files.heal();
  ASSERT_TRUE(store->reopen());
  files.fail(FaultyFiles::Call::write, "-wal", SQLITE_FULL);
  expect(append_error(), "nothing was written");
  files.heal();
  ASSERT_TRUE(store->reopen());
  EXPECT_EQ(append_error(), "");
  store.reset();
}

TEST_F(SqliteTroubleTest, ShowsNobodyACommitThatTheDiskMayNotHave) {
  FaultyFiles files;
  open();
  EXPECT_EQ(append_error(), "");
  files.fail(FaultyFiles::Call::sync, "-wal", SQLITE_IOERR_FSYNC);
  append_error(Reason::unknown_outcome);
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(store->reopen());
    EXPECT_TRUE(all().empty());
    expect(read_error, "a sync failed");
    expect_not(read_error, dir.path());
  }
  files.heal();
  ASSERT_TRUE(store->reopen());
  EXPECT_EQ(all(), (std::vector<Sequence>{1, 2})) << read_error;
  EXPECT_EQ(append_error(), "");
  store.reset();
}

TEST_F(SqliteTroubleTest, SaysThatTheDiskFails) {
  FaultyFiles files;
  open();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(append(*store, 5000));
  ASSERT_TRUE(store->close());
  store.reset();
  open();
  files.fail(FaultyFiles::Call::read, "taskwire.db", SQLITE_IOERR_READ);
  EXPECT_TRUE(all().empty());
  expect(read_error, "look at the system's log");
  files.heal();
  EXPECT_EQ(all().size(), 50U) << read_error;
  store.reset();
}

TEST_F(SqliteTroubleTest, SaysOnceThatItsWriteAheadLogGrowsAndGoesOn) {
  FaultyFiles files;
  open();
  CapturedLog log;
  const auto append_much = [&] {
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(append(*store, 60'000));
  };
  files.fail(FaultyFiles::Call::write, "taskwire.db", SQLITE_IOERR_WRITE);
  append_much();
  expect(log.text(), "the write-ahead log, which grows; the disk does not do what it is told");
  EXPECT_EQ(log.text().find("grows"), log.text().rfind("grows"));
  files.heal();
  append_much();
  expect(log.text(), "moved into it again");
  EXPECT_EQ(all().size(), 200U);
  store.reset();
}

TEST_F(SqliteTroubleTest, DoesNotStartWithoutAWriteAheadLog) {
  FaultyFiles files;
  files.fail(FaultyFiles::Call::sync, "taskwire.db-journal", SQLITE_IOERR_FSYNC);
  expect(refusal(), "disk I/O error");
  files.heal();
  open();
  EXPECT_EQ(append_error(), "");
  store.reset();
}

TEST_F(SqliteTroubleTest, MovesNothingIntoItsFileOnceASyncFailedUntilItIsOpenedAnew) {
  FaultyFiles files;
  open();
  CapturedLog log;
  files.fail(FaultyFiles::Call::sync, "taskwire.db", SQLITE_IOERR_FSYNC);
  for (int i = 0; i < 100 && log.text().empty(); ++i) ASSERT_TRUE(append(*store, 60'000));
  expect(log.text(), "which grows");
  files.heal();
  const auto size = std::filesystem::file_size(file);
  {
    const auto held = *store->read();
    expect(append_error(), "is being read");
    EXPECT_FALSE(store->reopen());
    EXPECT_EQ(std::filesystem::file_size(file), size);
  }
  ASSERT_TRUE(store->reopen());
  expect(log.text(), "written again");
  const auto head = (*store->read())->head().sequence;
  for (Sequence i = 0; i < 100; ++i) EXPECT_EQ(append_error(), "");
  EXPECT_EQ(all().size(), static_cast<std::size_t>(head) + 100) << read_error;
  ASSERT_TRUE(store->close());
  store.reset();
}

TEST_F(SqliteTroubleTest, TakesANewEpochOnceAfterASyncThatFailed) {
  for (const auto durability : {Durability::normal, Durability::full}) {
    std::filesystem::remove_all(dir / "data");
    FaultyFiles files;
    auto with = settings();
    with.durability = durability;
    with.checkpoints.frames = 10;
    const auto open = [&] {
      store.reset();
      store = *SqliteStore::open(with, clock);
      return store->epoch();
    };
    const auto epoch = open();
    const auto mark = file + "-unsynced";
    for (const bool goes_on : {true, false}) {
      files.fail(FaultyFiles::Call::sync, durability == Durability::normal ? "-wal" : "taskwire.db",
                 SQLITE_IOERR_FSYNC);
      for (int i = 0; i < 100 && !std::filesystem::exists(mark); ++i) (void)append(*store, 60'000);
      EXPECT_TRUE(std::filesystem::exists(mark));
      files.heal();
      if (!goes_on) continue;
      ASSERT_TRUE(store->reopen());
      EXPECT_FALSE(std::filesystem::exists(mark)) << "all was written again";
    }
    const auto next = open();
    EXPECT_NE(next, epoch) << "whatever the durability";
    EXPECT_FALSE(std::filesystem::exists(mark));
    EXPECT_EQ(open(), next) << "a kill alone costs nobody an id";
    store.reset();
  }
}

TEST_F(SqliteTroubleTest, LeavesItsWriteAheadLogWhenItEndsAfterAFailedSync) {
  FaultyFiles files;
  open();
  EXPECT_EQ(append_error(), "");
  files.fail(FaultyFiles::Call::sync, "taskwire.db", SQLITE_IOERR_FSYNC);
  EXPECT_FALSE(store->close());
  files.heal();
  store.reset();
  EXPECT_GT(std::filesystem::file_size(file + "-wal"), 0U);
  open();
  EXPECT_EQ(all(), (std::vector<Sequence>{1}));
  store.reset();
}

TEST_F(SqliteTroubleTest, LeavesItsWriteAheadLogAlsoWhereTheSyncThatFailedWasOfItsEnd) {
  FaultyFiles files;
  auto with = settings();
  with.checkpoints.frames = 1;
  store = *SqliteStore::open(with, clock);
  EXPECT_EQ(append_error(), "");
  const auto epoch = store->epoch();
  files.fail(FaultyFiles::Call::sync, "taskwire.db", SQLITE_IOERR_FSYNC, 1);
  EXPECT_TRUE(store->close());
  store.reset();
  EXPECT_GT(std::filesystem::file_size(file + "-wal"), 0U) << "what the sync left out is nowhere else";
  open();
  EXPECT_EQ(all(), (std::vector<Sequence>{1}));
  EXPECT_EQ(store->epoch(), epoch);
  store.reset();
}

TEST_F(SqliteTroubleTest, DoesNotStartWhereItCannotWriteItsWriteAheadLogAgain) {
  FaultyFiles files;
  open();
  EXPECT_EQ(append_error(), "");
  files.fail(FaultyFiles::Call::sync, "taskwire.db", SQLITE_IOERR_FSYNC);
  EXPECT_FALSE(store->close());
  store.reset();
  files.fail(FaultyFiles::Call::sync, "taskwire.db-wal", SQLITE_IOERR_FSYNC);
  expect(refusal(), "its write-ahead log: disk I/O error");
  files.heal();
  open();
  EXPECT_EQ(all(), (std::vector<Sequence>{1}));
  store.reset();
}

TEST_F(SqliteTroubleTest, DoesNotFindACommitOfUnknownOutcomeAfterAllThatWasNotThere) {
  FaultyFiles files;
  open();
  EXPECT_EQ(append_error(), "");
  const auto held = *store->read();  // so that the write-ahead log grows
  files.fail(FaultyFiles::Call::map_index, "taskwire.db", SQLITE_IOERR_SHMMAP);
  auto committed = append(*store, 60'000);
  for (int i = 0; i < 400 && committed; ++i) committed = append(*store, 60'000);
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().reason, Reason::unknown_outcome) << committed.error().message;
  files.heal();
  ASSERT_TRUE(store->reopen());
  const auto before = all();
  // What a kill leaves.
  std::filesystem::create_directory(dir / "copy");
  for (const std::string name : {"taskwire.db", "taskwire.db-wal"})
    std::filesystem::copy_file(dir / ("data/" + name), dir / ("copy/" + name));
  auto copy = settings();
  copy.data_dir = dir / "copy";
  const auto next = *SqliteStore::open(copy, clock);
  EXPECT_EQ((*next->read())->head().sequence, before.back());
}

TEST_F(SqliteTroubleTest, SaysThatItMayNotWrite) {
  FaultyFiles files;
  open();
  EXPECT_EQ(append_error(), "");
  store.reset();
  files.fail(FaultyFiles::Call::open_to_write, "taskwire.db", SQLITE_READONLY);
  open();
  EXPECT_EQ(all(), (std::vector<Sequence>{1}));
  const auto said = append_error();
  expect(said, "let the engine's user write");
  expect_not(said, "backup");
  files.heal();
  ASSERT_TRUE(store->reopen());
  EXPECT_EQ(append_error(), "");
  EXPECT_EQ(all(), (std::vector<Sequence>{1, 2}));
  store.reset();
}

TEST_F(SqliteTroubleTest, SaysThatAnotherProgramHoldsTheFile) {
  open();
  {
    const auto other = *sqlite::Database::open(file, sqlite::Database::Access::read_write);
    other->script("BEGIN IMMEDIATE");
    const auto said = append_error();
    expect(said, "nothing was written");
    expect(said, "another program holds the file");
    other->script("COMMIT");
  }
  ASSERT_TRUE(store->reopen());
  EXPECT_EQ(append_error(), "");
}

TEST_F(SqliteTroubleTest, TakesNoMoreWritesWhenAnotherProgramHasWritten) {
  open();
  EXPECT_EQ(append_error(), "");
  change("UPDATE meta SET head = 7");
  expect(append_error(), "another program has written");
  expect(store->reopen().error().message, "another program has written");
  expect(append_error(), "another program has written");
}

TEST_F(SqliteTroubleTest, KeepsItsFilesWhereItCannotReopenThemAndGoesOnWhenItCan) {
  open();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(append_error(), "");
    {
      const NoDescriptors none;
      expect(store->reopen().error().message, "ulimit -n");
      expect(append_error(), "ulimit -n");
    }
    EXPECT_TRUE(std::filesystem::exists(file + "-wal"));
    const auto reopened = store->reopen();
    ASSERT_TRUE(reopened) << reopened.error().message;
  }
  EXPECT_EQ(append_error(), "");
  EXPECT_EQ(all().size(), 4U);
}

TEST_F(SqliteTroubleTest, ReadsOnWhenAnotherProgramHasWritten) {
  open();
  EXPECT_EQ(append_error(), "");
  change("UPDATE meta SET head = 7");
  expect(append_error(), "another program has written");
  EXPECT_EQ(all().size(), 1U) << read_error;
  change("UPDATE meta SET head = 1");  // it holds nobody up
}

TEST_F(SqliteTroubleTest, NamesItsFolderInTheLogAlone) {
  CapturedLog log;
  open();
  expect(log.text(), file);
  change("ALTER TABLE meta RENAME TO away");
  const auto said = append_error();
  expect(said, "taskwire.db: ");
  expect_not(said, dir.path());
  const auto reopened = store->reopen();
  ASSERT_FALSE(reopened);
  expect_not(reopened.error().message, dir.path());
  EXPECT_TRUE(all().empty());
  expect_not(read_error, dir.path());
  std::filesystem::remove_all(dir / "data");
  expect_not(append_error(), dir.path());
}

TEST_F(SqliteTroubleTest, DoesNotGoOnWithALogThatHoldsLess) {
  open();
  EXPECT_EQ(append_error(), "");
  EXPECT_EQ(append_error(), "");
  change("UPDATE meta SET head = 1");
  expect(store->reopen().error().message, "less of it");
  expect(append_error(), "less of it");
}

TEST_F(SqliteTroubleTest, FailsWhereAPageIsDamaged) {
  open();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(append(*store, 5000));
  ASSERT_TRUE(store->close());
  store.reset();
  {
    std::fstream pages(file, std::ios::binary | std::ios::in | std::ios::out);
    for (int page = 30; page < 60; ++page) {
      pages.seekp(page * 4096);
      pages << std::string(4096, '\x55');
    }
  }
  open();
  EXPECT_TRUE(all().empty());
  expect(read_error, "the file is damaged");
  EXPECT_EQ((*store->read())->head().sequence, 50) << "what is whole can be read";
  EXPECT_EQ((*store->read())->error(), std::nullopt);
}

TEST_F(SqliteTroubleTest, FailsWhereARowIsNotWhatWasWritten) {
  open();
  v1::Task task;
  task.set_task_id("t1");
  task.set_user_id("alice");
  task.set_state(v1::TASK_STATE_QUEUED);
  (*task.mutable_params()->mutable_fields())["a"].set_number_value(1);
  ASSERT_TRUE(store->commit([&](Transaction& transaction) { transaction.put_task(task); }));
  EXPECT_EQ(append_error(), "");
  const auto task_error = [&] {
    auto reader = *store->read();
    EXPECT_FALSE(reader->task("t1") && !reader->error());
    return reader->error().value_or(Error{}).message;
  };
  for (const auto* const garbage : {"x'ffffffff'", "x''"}) {
    change(("UPDATE event SET payload = " + std::string(garbage)).c_str());
    EXPECT_TRUE(all().empty());
    expect(read_error, "event 1 is not what was written");
    expect(task_error(), "event 1 is not what was written");
    auto reader = *store->read();
    EXPECT_FALSE(reader->tasks({.user_id = "alice"}, [](Sequence, v1::Task&&) { return true; }));
    EXPECT_TRUE(reader->error());
    reader = *store->read();
    EXPECT_TRUE(reader->open_tasks().empty());
    EXPECT_TRUE(reader->error());
    const auto committed = store->commit([](Transaction& transaction) {
      EXPECT_FALSE(transaction.task("t1"));
      EXPECT_TRUE(transaction.open_tasks().empty());
    });
    EXPECT_EQ(committed.error().reason, Reason::store_failed);
    expect(committed.error().message, "event 1 is not what was written");
    ASSERT_TRUE(store->reopen());
  }
}

TEST_F(SqliteTroubleTest, FailsWhereATasksDetailsAreNotWhatWasWritten) {
  open();
  v1::Task task;
  task.set_task_id("t1");
  task.set_user_id("alice");
  (*task.mutable_params()->mutable_fields())["a"].set_number_value(1);
  ASSERT_TRUE(store->commit([&](Transaction& transaction) { transaction.put_task(task); }));
  for (const auto* const details : {"params = x'ff'", "params = NULL, attempts = x'ff'"}) {
    change((std::string("UPDATE task_detail SET ") + details).c_str());
    auto reader = *store->read();
    (void)reader->task("t1");
    expect(reader->error().value_or(Error{}).message, "task t1");
    EXPECT_FALSE(store->commit([&](Transaction& transaction) { transaction.add_details(task); }));
    ASSERT_TRUE(store->reopen());
  }
}

TEST_F(SqliteTroubleTest, FailsWhereATaskPointsAtAnotherEvent) {
  open();
  v1::Task task;
  task.set_task_id("t1");
  task.set_user_id("alice");
  ASSERT_TRUE(store->commit([&](Transaction& transaction) { transaction.put_task(task); }));
  EXPECT_EQ(append_error(), "");
  change("UPDATE task SET last_seq = 2");
  auto reader = *store->read();
  EXPECT_FALSE(reader->task("t1"));
  expect(reader->error().value_or(Error{}).message, "event 2 is no task's");
}

TEST_F(SqliteTroubleTest, TakesNoWritesWhileAFileIsNotAtItsPlaceAndReadsOn) {
  for (const std::string suffix : {"", "-wal", "-shm"}) {
    SCOPED_TRACE(suffix);
    std::filesystem::remove_all(dir / "data");
    open();
    EXPECT_EQ(append_error(), "");
    EXPECT_EQ(all().size(), 1U);
    std::filesystem::rename(file + suffix, dir / "away");
    const auto said = append_error();
    expect(said, "taskwire.db" + suffix + " was removed or renamed");
    expect(said, "nothing was written");
    EXPECT_FALSE(store->reopen());
    EXPECT_FALSE(std::filesystem::exists(file + suffix)) << "nothing takes its place";
    EXPECT_EQ(all().size(), 1U) << read_error;
    {
      const auto held = *store->read();
      EXPECT_FALSE(store->read()) << "a reader that would have to open the files";
    }
    std::filesystem::rename(dir / "away", file + suffix);
    ASSERT_TRUE(store->reopen());
    EXPECT_EQ(append_error(), "");
    EXPECT_EQ(all().size(), 2U);
    store.reset();
  }
}

TEST_F(SqliteTroubleTest, TakesNoWritesWhereItsFilesWereReplaced) {
  open();
  EXPECT_EQ(append_error(), "");
  std::filesystem::rename(dir / "data", dir / "old");
  auto other = settings();
  const auto second = SqliteStore::open(other, clock);
  ASSERT_TRUE(second) << "another engine in a new folder of that name";
  expect(append_error(), "taskwire.db was replaced by another file");
  EXPECT_TRUE(append(**second));
  EXPECT_FALSE(store->close()) << "nor does it say that all is well";
  store.reset();
  EXPECT_TRUE(append(**second)) << "nor take the other's files away";
}

TEST_F(SqliteTroubleTest, SaysThatTheOutcomeIsUnknownWhereAFileGoesDuringTheCommit) {
  open();
  const auto committed = store->commit([&](Transaction& transaction) {
    v1::Event event;
    event.set_topic("channels/x");
    transaction.append(std::move(event));
    std::filesystem::rename(file, dir / "away");
  });
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().reason, Reason::unknown_outcome);
}

TEST_F(SqliteTroubleTest, LosesNothingThatItAcknowledgedWithItsWriteAheadLog) {
  std::filesystem::create_directories(dir / "data");
  const auto child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto opened = SqliteStore::open(settings(), clock);
    if (!opened) _exit(1);
    for (int i = 0; i < 20; ++i) {
      if (!append(**opened)) _exit(2);
    }
    std::filesystem::remove(file + "-wal");
    if (append(**opened)) _exit(3);
    _exit(0);  // without an orderly end
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  open();
  EXPECT_EQ(all().size(), 20U);
}

TEST_F(SqliteTroubleTest, DoesNotThrowAwayAWriteAheadLogWhoseFileIsMissing) {
  std::filesystem::create_directories(dir / "data");
  dir.write("data/taskwire.db-wal", "what was committed last");
  const auto said = refusal();
  expect(said, "taskwire.db is missing");
  EXPECT_TRUE(std::filesystem::exists(file + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(SqliteTroubleTest, KeepsItsFilesForTheirOwnerAloneWhateverTheUmask) {
  for (const mode_t mask : {0000, 0777}) {
    std::filesystem::remove_all(dir / "data");
    const Umask umask(mask);
    open();
    EXPECT_EQ(append_error(), "");
    EXPECT_EQ(all().size(), 1U);
    EXPECT_EQ(mode_of(dir / "data"), 0700U);
    for (const auto* const suffix : {"", "-wal", "-shm"}) EXPECT_EQ(mode_of(file + suffix), 0600U) << suffix;
    store.reset();
  }
}

TEST_F(SqliteTroubleTest, SaysInTheLogThatOthersMayReadAnExistingFile) {
  open();
  store.reset();
  ASSERT_EQ(chmod(file.c_str(), 0644), 0);
  CapturedLog log;
  open();
  expect(log.text(), "chmod 600 " + file);
  EXPECT_EQ(mode_of(file), 0644U) << "the owner may have meant it";
}

TEST_F(SqliteTroubleTest, TakesANewEpochWhereItIsNotKnownWhetherTheMachineFell) {
  auto normal = settings();
  normal.durability = Durability::normal;
  const auto epoch_with = [&](const std::string& boot_id) {
    normal.boot_id = boot_id;
    return (*SqliteStore::open(normal, clock))->epoch();
  };
  auto before = epoch_with("");
  for (const auto* const boot_id : {"", "boot", ""}) {
    const auto epoch = epoch_with(boot_id);
    EXPECT_NE(epoch, before) << boot_id;
    before = epoch;
  }
}

}  // namespace
}  // namespace taskwire::engine
