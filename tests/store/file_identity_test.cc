#include "store/file_identity.h"

#include <filesystem>
#include <gtest/gtest.h>

#include "engine/support/temp_dir.h"

namespace taskwire::engine {
namespace {

class FileIdentityTest : public testing::Test {
 protected:
  FileIdentityTest() {
    dir.write("a", "1");
    dir.write("b", "2");
    identity = FileIdentity::of({dir / "a", dir / "b"});
  }
  TempDir dir;
  FileIdentity identity;
};

TEST_F(FileIdentityTest, SaysNothingWhileAllAreAtTheirPlaces) {
  EXPECT_FALSE(identity.lost());
  dir.write("a", "changed in place");
  EXPECT_FALSE(identity.lost());
  dir.write("a", "");
  EXPECT_EQ(identity.lost(), "a was emptied while it was open");
}

TEST_F(FileIdentityTest, NamesTheFileThatIsGoneUntilItIsBack) {
  std::filesystem::rename(dir / "b", dir / "c");
  EXPECT_EQ(identity.lost(), "b was removed or renamed while it was open");
  EXPECT_FALSE(identity.first().lost());
  std::filesystem::rename(dir / "c", dir / "b");
  EXPECT_FALSE(identity.lost());
}

TEST_F(FileIdentityTest, NamesTheFileThatIsAnotherOne) {
  dir.write("c", "1");
  std::filesystem::rename(dir / "c", dir / "a");
  EXPECT_EQ(identity.lost(), "a was replaced by another file while it was open");
  EXPECT_TRUE(identity.first().lost());
}

TEST_F(FileIdentityTest, CountsAFileThatNeverWasAsLost) {
  EXPECT_TRUE(FileIdentity::of({dir / "missing"}).lost());
}

}  // namespace
}  // namespace taskwire::engine
