#include "process/listen_hosts.h"

#include <gtest/gtest.h>

namespace taskwire {
namespace {

using Hosts = std::vector<std::string>;

TEST(ListenHosts, OfLocalhostAreBothLoopbacks) {
  EXPECT_EQ(listen_hosts("localhost"), (Hosts{"127.0.0.1", "::1"}));
}

TEST(ListenHosts, OfDigitsAreThese) {
  EXPECT_EQ(listen_hosts("127.0.0.1"), Hosts{"127.0.0.1"});
  EXPECT_EQ(listen_hosts("0.0.0.0"), Hosts{"0.0.0.0"});
  EXPECT_EQ(listen_hosts("::"), Hosts{"::"});
  EXPECT_EQ(listen_hosts("0:0::1"), Hosts{"::1"});
}

TEST(ListenHosts, OfANameThatIsNoneSayWhy) {
  const auto hosts = listen_hosts("no-such-host.invalid");
  ASSERT_FALSE(hosts);
  EXPECT_FALSE(hosts.error().empty());
}

}  // namespace
}  // namespace taskwire
