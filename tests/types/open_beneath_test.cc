#include "types/open_beneath.h"

#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/support/temp_dir.h"

namespace taskwire::engine {
namespace {

using Open = Result<Fd> (*)(int, const std::string&, int);

/// Both ways answer alike.
class OpenBeneathTest : public testing::TestWithParam<Open> {
 protected:
  OpenBeneathTest() {
    dir.write("root/sub/file", "content");
    dir.write("secret", "content");
    std::filesystem::create_symlink("../secret", dir / "root/out");
    std::filesystem::create_symlink("sub", dir / "root/in");
  }
  std::string open(const std::string& path, int flags = 0) {
    const Fd root(::open((dir / "root").c_str(), O_RDONLY | O_DIRECTORY));
    const auto fd = GetParam()(root.get(), path, flags);
    return fd ? "open" : fd.error().name();
  }
  TempDir dir;
};

TEST_P(OpenBeneathTest, OpensWhatLiesBelow) {
  for (const auto* const path : {"sub/file", "./sub//./file", "sub", "sub/", "."})
    EXPECT_EQ(open(path), "open") << path;
}

TEST_P(OpenBeneathTest, FollowsNoWayOut) {
  for (const auto* const path : {"..", "sub/..", "../secret", "/", "/etc/passwd", "", "out"})
    EXPECT_EQ(open(path), "PATH_FORBIDDEN") << path;
  EXPECT_EQ(open(std::string("sub\0/../..", 9)), "PATH_FORBIDDEN");
}

TEST_P(OpenBeneathTest, FollowsNoSymlinkInside) {
  EXPECT_EQ(open("in"), "PATH_FORBIDDEN");
  EXPECT_NE(open("in/file"), "open");
  EXPECT_NE(open("in", O_DIRECTORY), "open");
}

TEST_P(OpenBeneathTest, SaysWhatIsMissing) {
  EXPECT_EQ(open("missing"), "PATH_NOT_FOUND");
  EXPECT_EQ(open("sub/file", O_DIRECTORY), "NOT_A_FOLDER");
  EXPECT_EQ(open("sub/file/below"), "NOT_A_FOLDER");
  EXPECT_EQ(open(std::string(300, 'x')), "UNREADABLE");
}

TEST_P(OpenBeneathTest, DoesNotWaitForAPipe) {
  ASSERT_EQ(mkfifo((dir / "root/fifo").c_str(), 0600), 0);
  EXPECT_EQ(open("fifo"), "open");
}

INSTANTIATE_TEST_SUITE_P(Ways, OpenBeneathTest, testing::Values(open_beneath, open_beneath_by_steps),
                         [](const auto& way) { return way.index == 0 ? "AtOnce" : "BySteps"; });

}  // namespace
}  // namespace taskwire::engine
