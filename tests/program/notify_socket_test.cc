#include "program/notify_socket.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace taskwire {
namespace {

constexpr uid_t kNobody = 65534;

struct stat status_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(lstat(path.c_str(), &status), 0) << path;
  return status;
}

std::string folder_of(const NotifySocket& socket) {
  return socket.path().substr(0, socket.path().rfind('/'));
}

TEST(NotifySocket, IsOursAlone) {
  const auto socket = NotifySocket::make();
  ASSERT_TRUE(socket);
  EXPECT_EQ(status_of(folder_of(*socket)).st_mode & 0777U, 0700U);
}

TEST(NotifySocket, GivesAwayNothingButTheSocket) {
  if (geteuid() != 0) GTEST_SKIP() << "it takes root to give a file away";
  const auto socket = NotifySocket::make();
  ASSERT_TRUE(socket);
  socket->give_to(kNobody, kNobody);
  const auto folder = status_of(folder_of(*socket));
  EXPECT_EQ(folder.st_uid, 0U) << "whose it is can put another file in the socket's place";
  EXPECT_EQ(folder.st_mode & 0777U, 0711U);
  EXPECT_EQ(status_of(socket->path()).st_uid, kNobody);
}

TEST(NotifySocket, IsGivenAwayAsItIsAndNotWhatItLeadsTo) {
  if (geteuid() != 0) GTEST_SKIP() << "it takes root to give a file away";
  const auto socket = NotifySocket::make();
  ASSERT_TRUE(socket);
  const auto target = folder_of(*socket) + "/target";
  ASSERT_EQ(rename(socket->path().c_str(), target.c_str()), 0);
  ASSERT_EQ(symlink(target.c_str(), socket->path().c_str()), 0);
  socket->give_to(kNobody, kNobody);
  EXPECT_EQ(status_of(target).st_uid, 0U);
  unlink(target.c_str());
}

TEST(NotifySocket, LiesInAFolderFromTheRootOn) {
  const char* const before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  setenv("TMPDIR", ".", 1);
  const auto socket = NotifySocket::make();
  before == nullptr ? unsetenv("TMPDIR") : setenv("TMPDIR", kept.c_str(), 1);
  ASSERT_TRUE(socket);
  EXPECT_EQ(socket->path().substr(0, 5), "/tmp/") << "the program runs in another folder";
}

}  // namespace
}  // namespace taskwire
