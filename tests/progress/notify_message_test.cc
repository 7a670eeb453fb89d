#include "progress/notify_message.h"

#include <gtest/gtest.h>

namespace taskwire::progress {
namespace {

TEST(NotifyMessage, HoldsWhatIsSaid) {
  EXPECT_EQ(parse_notify(""), NotifyMessage());
  const auto message = parse_notify("READY=1\nSTATUS=Copying 3 of 5\nMAINPID=7\nWATCHDOG=1\n");
  EXPECT_EQ(message.status, "Copying 3 of 5");
  EXPECT_TRUE(message.is_alive);
  EXPECT_FALSE(message.has_failed);
  EXPECT_FALSE(message.reports_itself);
  EXPECT_TRUE(parse_notify("X_TASKWIRE=1").reports_itself);
  EXPECT_TRUE(parse_notify("WATCHDOG=trigger").has_failed);
  EXPECT_FALSE(parse_notify("WATCHDOG=trigger").is_alive);
}

TEST(NotifyMessage, PassesOverWhatIsWrong) {
  EXPECT_EQ(parse_notify("\n\nREADY\n=1\nready=1\nREADY=0\nWATCHDOG=\nX_TASKWIRE=yes\nX=Y"), NotifyMessage());
}

TEST(NotifyMessage, HasACleanStatus) {
  EXPECT_EQ(parse_notify("STATUS=a=b").status, "a=b");
  EXPECT_EQ(parse_notify("STATUS=").status, "");
  EXPECT_EQ(parse_notify("STATUS=one\nSTATUS=two").status, "two");
  EXPECT_EQ(parse_notify("STATUS=a\x1b[1m\xff\xc2\x9b").status, "a [1m\uFFFD ");
  EXPECT_EQ(parse_notify("STATUS=" + std::string(9000, 'x')).status->size(), 4096U);
}

}  // namespace
}  // namespace taskwire::progress
