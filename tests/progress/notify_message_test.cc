#include "progress/notify_message.h"

#include <gtest/gtest.h>

namespace taskwire::progress {
namespace {

using std::chrono::microseconds;

TEST(NotifyMessage, HoldsWhatIsSaid) {
  EXPECT_EQ(parse_notify(""), NotifyMessage());
  const auto message = parse_notify("READY=1\nSTATUS=Copying 3 of 5\nMAINPID=7\nWATCHDOG=1\n");
  EXPECT_EQ(message.status, "Copying 3 of 5");
  EXPECT_TRUE(message.is_ready);
  EXPECT_TRUE(message.is_alive);
  EXPECT_FALSE(message.is_stopping);
  EXPECT_FALSE(message.has_failed);
  EXPECT_TRUE(parse_notify("STOPPING=1").is_stopping);
  EXPECT_TRUE(parse_notify("WATCHDOG=trigger").has_failed);
  EXPECT_FALSE(parse_notify("WATCHDOG=trigger").is_alive);
  EXPECT_EQ(parse_notify("EXTEND_TIMEOUT_USEC=1500000").extend_timeout, microseconds(1'500'000));
}

TEST(NotifyMessage, PassesOverWhatIsWrong) {
  EXPECT_EQ(parse_notify("\n\nREADY\n=1\nready=1\nREADY=0\nWATCHDOG=\nSTOPPING=yes\nX=Y"), NotifyMessage());
  for (const auto* const text : {"EXTEND_TIMEOUT_USEC=-1", "EXTEND_TIMEOUT_USEC=1s",
                                 "EXTEND_TIMEOUT_USEC=", "EXTEND_TIMEOUT_USEC=99999999999999999999"})
    EXPECT_EQ(parse_notify(text), NotifyMessage()) << text;
  EXPECT_EQ(parse_notify("EXTEND_TIMEOUT_USEC=9007199254740992").extend_timeout, std::chrono::hours(24 * 365));
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
