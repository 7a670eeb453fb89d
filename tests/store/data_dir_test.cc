#include "store/data_dir.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <sys/stat.h>

#include "engine/support/captured_log.h"
#include "engine/support/temp_dir.h"

namespace taskwire::engine {
namespace {

TEST(DataDir, IsMadeWhereThereIsNone) {
  const TempDir dir;
  const auto data = DataDir::take(dir / "a/b");
  ASSERT_TRUE(data);
  EXPECT_TRUE(std::filesystem::is_directory(dir / "a/b"));
  EXPECT_EQ(data->file("x"), dir / "a/b/x");
}

TEST(DataDir, BelongsToOneAtATime) {
  const TempDir dir;
  std::optional<DataDir> first(std::move(*DataDir::take(dir.path())));
  const auto second = DataDir::take(dir.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::cannot_start);
  EXPECT_NE(second.error().message.find("another engine uses this folder"), std::string::npos);
  first.reset();
  EXPECT_TRUE(DataDir::take(dir.path()));
}

TEST(DataDir, StaysTakenWhateverIsRemovedFromIt) {
  const TempDir dir;
  const auto first = DataDir::take(dir / "data");
  ASSERT_TRUE(first);
  for (const auto& entry : std::filesystem::directory_iterator(dir / "data")) std::filesystem::remove(entry);
  EXPECT_FALSE(DataDir::take(dir / "data"));
}

TEST(DataDir, SaysInTheLogThatOthersMayLookIntoAFolder) {
  const TempDir dir;
  ASSERT_EQ(chmod(dir.path().c_str(), 0755), 0);
  CapturedLog log;
  EXPECT_TRUE(DataDir::take(dir.path()));
  EXPECT_NE(log.text().find("chmod 700 " + dir.path()), std::string::npos) << log.text();
}

TEST(DataDir, NamesAPathThatIsNoFolder) {
  const TempDir dir;
  dir.write("file", "");
  const auto data = DataDir::take(dir / "file");
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().reason, Reason::cannot_start);
  EXPECT_NE(data.error().message.find(dir / "file"), std::string::npos);
}

}  // namespace
}  // namespace taskwire::engine
