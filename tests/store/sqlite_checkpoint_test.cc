// The write-ahead log stays of bounded size, whoever reads.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <gtest/gtest.h>
#include <thread>

#include "engine/support/manual_clock.h"
#include "engine/support/temp_dir.h"
#include "store/sqlite_store.h"

namespace taskwire::engine {
namespace {

constexpr std::uintmax_t kMiB = std::uintmax_t{1} << 20;

TEST(SqliteCheckpoint, BeginsTheWriteAheadLogAnewAlthoughThereIsAlwaysAReader) {
  const TempDir dir;
  const ManualClock clock;
  const auto store = *SqliteStore::open({.data_dir = dir.path(), .durability = Durability::normal}, clock);
  std::atomic<bool> stops = false;
  std::thread readers([&] {
    auto before = *store->read();
    while (!stops) {
      auto next = *store->read();  // begins before the other one ends
      before = std::move(next);
    }
  });
  std::uintmax_t most = 0;
  for (std::uintmax_t written = 0; written < 200 * kMiB; written += kMiB) {
    ASSERT_TRUE(store->commit([](Transaction& transaction) {
      for (int i = 0; i < 16; ++i) {
        v1::Event event;
        event.set_topic("channels/x");
        event.set_data(std::string(kMiB / 16, 'x'));
        transaction.append(std::move(event));
      }
    }));
    most = std::max(most, std::filesystem::file_size(dir / "taskwire.db-wal"));
  }
  stops = true;
  readers.join();
  EXPECT_LT(most, 150 * kMiB);
}

}  // namespace
}  // namespace taskwire::engine
