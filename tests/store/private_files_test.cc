#include "store/private_files.h"

#include <cerrno>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/support/modes.h"
#include "engine/support/temp_dir.h"

namespace taskwire::engine {
namespace {

TEST(PrivateFiles, AreTheirOwnersAloneWhateverTheUmask) {
  for (const mode_t mask : {0000, 0022, 0777}) {
    const TempDir dir;
    const Umask umask(mask);
    ASSERT_TRUE(make_private_folder(dir / "data/"));
    ASSERT_TRUE(make_private_file(dir / "data/file"));
    EXPECT_EQ(mode_of(dir / "data"), 0700U) << mask;
    EXPECT_EQ(mode_of(dir / "data/file"), 0600U) << mask;
    EXPECT_FALSE(looseness(dir / "data"));
    EXPECT_FALSE(looseness(dir / "data/file"));
  }
}

TEST(PrivateFiles, MakesTheFoldersThatLeadToAFolder) {
  const TempDir dir;
  ASSERT_TRUE(make_private_folder(dir / "a/b/c"));
  EXPECT_EQ(mode_of(dir / "a/b/c"), 0700U);
}

TEST(PrivateFiles, MakesAFolderBesideOthersByItsNameAlone) {
  const TempDir dir;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(dir.path());
  for (const auto* path : {"data", "./data2", "data3/", "a/b"}) {
    const auto made = make_private_folder(path);
    EXPECT_TRUE(made) << path << ": " << made.error().message;
    EXPECT_EQ(mode_of(path), 0700U) << path;
  }
  std::filesystem::current_path(before);
}

TEST(PrivateFiles, LeavesAnExistingFolderAsItIs) {
  const TempDir dir;
  ASSERT_EQ(chmod(dir.path().c_str(), 0750), 0);
  ASSERT_TRUE(make_private_folder(dir.path()));
  EXPECT_EQ(mode_of(dir.path()), 0750U);
}

TEST(PrivateFiles, MakesNoFileWhereThereIsOne) {
  const TempDir dir;
  dir.write("file", "kept");
  EXPECT_EQ(make_private_file(dir / "file").error().reason, Reason::cannot_start);
}

TEST(PrivateFiles, SaysWhatIsLooseAndHowToTightenIt) {
  const TempDir dir;
  dir.write("file", "");
  ASSERT_EQ(chmod((dir / "file").c_str(), 0644), 0);
  ASSERT_EQ(chmod(dir.path().c_str(), 0750), 0);
  const auto file = looseness(dir / "file").value_or("");
  EXPECT_NE(file.find("644"), std::string::npos) << file;
  EXPECT_NE(file.find("chmod 600 " + dir / "file"), std::string::npos) << file;
  EXPECT_NE(looseness(dir.path()).value_or("").find("chmod 700"), std::string::npos);
  EXPECT_FALSE(looseness(dir / "missing"));
}

TEST(PrivateFiles, TellsAFullDiskFromAForbiddenFolder) {
  EXPECT_NE(unusable("/x", ENOSPC).value().message.find("make room"), std::string::npos);
  EXPECT_NE(unusable("/x", EACCES).value().message.find("write access"), std::string::npos);
}

}  // namespace
}  // namespace taskwire::engine
