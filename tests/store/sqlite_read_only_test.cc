// A start on a log that can be read, and not be written.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/support/captured_log.h"
#include "engine/support/faulty_files.h"
#include "engine/support/manual_clock.h"
#include "engine/support/small_disk.h"
#include "store/sqlite_store.h"

namespace taskwire::engine {
namespace {

class SqliteReadOnlyTest : public testing::Test {
 protected:
  /// What keeps the start from writing.
  enum class Lack { room, access };
  /// How the run before ended.
  enum class End { in_order, kill };

  void SetUp() override {
    if (!disk.lack().empty()) GTEST_SKIP() << "it takes root to mount a disk: " << disk.lack();
  }
  SqliteStore::Settings settings() const {
    return {.data_dir = disk / "data", .boot_id = "boot", .lock_patience = std::chrono::milliseconds(1)};
  }
  Result<void> open(const SqliteStore::Settings& with) {
    store.reset();
    return SqliteStore::open(with, clock).map([&](std::unique_ptr<SqliteStore>&& opened) {
      store = std::move(opened);
    });
  }
  static Result<Committed> append(Store& into) {
    return into.commit([&](Transaction& transaction) {
      v1::Event event;
      event.set_topic("channels/x");
      event.set_data(std::string(10'000, 'x'));
      transaction.append(std::move(event));
    });
  }
  /// A run in a process of its own, which a kill can end.
  void run(const SqliteStore::Settings& with, End end, int events = 5) {
    const auto child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto opened = SqliteStore::open(with, clock);
      if (!opened) _exit(1);
      for (int i = 0; i < events; ++i) {
        if (!append(**opened)) _exit(2);
      }
      if (end == End::kill) _exit(0);
      if (!(*opened)->close()) _exit(3);
      opened->reset();
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
  }
  void take(Lack lack) { lack == Lack::room ? disk.fill() : disk.set_read_only(true); }
  void give(Lack lack) {
    lack == Lack::room ? disk.free() : disk.set_read_only(false);
    clock.advance(std::chrono::seconds(1));
  }
  std::size_t all() {
    std::size_t count = 0;
    auto reader = store->read();
    if (!reader) return 0;
    (*reader)->rows({{.topic = ""}}, (*reader)->head().sequence, [&](const EventPtr&) {
      ++count;
      return true;
    });
    return (*reader)->error() ? 0 : count;
  }
  static void expect(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << "no \"" << part << "\" in: " << text;
  }
  void serves_reads_until(Lack lack, End end) {
    run(settings(), end);
    take(lack);
    CapturedLog log;
    const auto opened = open(settings());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(log.text().find("can be written"), std::string::npos);
    expect(log.text(), "the log can be read, and not be written");
    const auto epoch = store->epoch();
    EXPECT_EQ(store->was_closed(), end == End::in_order);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(all(), 5U);
      const auto refused = append(*store);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().reason, Reason::store_failed);
      expect(refused.error().message, lack == Lack::room ? "make room" : "let the engine's user write");
      expect(refused.error().message, "nothing was written");
      EXPECT_EQ(refused.error().message.find(disk / ""), std::string::npos) << "callers need not know the folder";
      EXPECT_FALSE(store->reopen());
      clock.advance(std::chrono::seconds(1));
    }
    give(lack);
    auto held = *store->read();
    EXPECT_FALSE(append(*store));
    EXPECT_FALSE(store->reopen()) << "somebody reads who knows of no write-ahead log";
    held.reset();
    clock.advance(std::chrono::seconds(1));
    const auto reopened = store->reopen();
    ASSERT_TRUE(reopened) << reopened.error().message;
    expect(log.text(), "the log can be written");
    const auto committed = append(*store);
    ASSERT_TRUE(committed) << committed.error().message;
    EXPECT_EQ(committed->after, 5);
    EXPECT_EQ(store->epoch(), epoch);
    EXPECT_EQ(store->was_closed(), end == End::in_order) << "of the run before";
    EXPECT_EQ(all(), 6U);
    ASSERT_TRUE(store->close());
    ASSERT_TRUE(open(settings()));
    EXPECT_TRUE(store->was_closed());
    EXPECT_EQ(all(), 6U);
  }

  SmallDisk disk;
  ManualClock clock;
  std::unique_ptr<SqliteStore> store;
};

TEST_F(SqliteReadOnlyTest, ServesReadsOfAClosedLogUntilThereIsRoom) {
  serves_reads_until(Lack::room, End::in_order);
}

TEST_F(SqliteReadOnlyTest, ServesReadsAfterAKillUntilThereIsRoom) {
  serves_reads_until(Lack::room, End::kill);
}

TEST_F(SqliteReadOnlyTest, ServesReadsOfAClosedLogUntilThereIsAccess) {
  serves_reads_until(Lack::access, End::in_order);
}

TEST_F(SqliteReadOnlyTest, ServesReadsAfterAKillUntilThereIsAccess) {
  serves_reads_until(Lack::access, End::kill);
}

TEST_F(SqliteReadOnlyTest, LeavesTheMarkOfAnOrderlyEndWhereItNeverWrote) {
  run(settings(), End::in_order);
  for (const auto lack : {Lack::room, Lack::access}) {
    take(lack);
    ASSERT_TRUE(open(settings()));
    EXPECT_TRUE(store->close());
    store.reset();
    give(lack);
  }
  ASSERT_TRUE(open(settings()));
  EXPECT_TRUE(store->was_closed());
}

TEST_F(SqliteReadOnlyTest, IsMarkedAsUncleanBeforeTheFirstCommit) {
  run(settings(), End::in_order);
  take(Lack::room);
  ASSERT_TRUE(open(settings()));
  give(Lack::room);
  ASSERT_TRUE(store->reopen());
  store.reset();
  ASSERT_TRUE(open(settings()));
  EXPECT_FALSE(store->was_closed());
}

TEST_F(SqliteReadOnlyTest, DoesNotStartWhereTheLogNeedsANewName) {
  auto normal = settings();
  normal.durability = Durability::normal;
  run(normal, End::kill);
  auto later = normal;
  later.boot_id = "another boot";
  auto anew = normal;
  anew.new_epoch = true;
  for (const auto lack : {Lack::room, Lack::access}) {
    take(lack);
    for (const auto& with : {later, anew}) {
      const auto opened = open(with);
      ASSERT_FALSE(opened);
      EXPECT_EQ(opened.error().reason, Reason::cannot_start);
      expect(opened.error().message, "it first needs a new name");
    }
    give(lack);
  }
  ASSERT_TRUE(open(normal));
  EXPECT_EQ(all(), 5U);
}

TEST_F(SqliteReadOnlyTest, DoesNotStartWhereThereIsNothingToRead) {
  disk.fill();
  const auto opened = open(settings());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, Reason::cannot_start);
  expect(opened.error().message, "make room");
}

TEST_F(SqliteReadOnlyTest, GoesOnTryingWhenTheFirstSyncFails) {
  run(settings(), End::in_order);
  FaultyFiles files;
  take(Lack::room);
  ASSERT_TRUE(open(settings()));
  give(Lack::room);
  files.fail(FaultyFiles::Call::sync, "-wal", SQLITE_IOERR_FSYNC);
  EXPECT_FALSE(store->reopen());
  EXPECT_FALSE(append(*store));
  EXPECT_EQ(all(), 5U);
  files.heal();
  clock.advance(std::chrono::seconds(1));
  ASSERT_TRUE(store->reopen());
  EXPECT_TRUE(store->was_closed()) << "the mark is this run's own";
  EXPECT_EQ(append(*store)->after, 5);
  store.reset();
}

}  // namespace
}  // namespace taskwire::engine
