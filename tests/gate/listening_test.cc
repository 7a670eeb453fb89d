#include "gate/listening.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace taskwire::gate {
namespace {

bool has_v6_loopback() {
  const engine::Fd probe(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  return probe && bind(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

TEST(Listening, OnAnAddressIsThereAlone) {
  const auto all = listen_on("127.0.0.1:0");
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->front().address.host, "127.0.0.1");
  EXPECT_NE(all->front().address.port, 0);
}

TEST(Listening, OnLocalhostIsOnEachFamilyAtOnePort) {
  const auto all = listen_on("localhost:0");
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->front().address.host, "127.0.0.1");
  ASSERT_EQ(all->size(), has_v6_loopback() ? 2U : 1U);
  if (all->size() == 1) return;
  EXPECT_EQ(all->back().address.host, "::1");
  EXPECT_EQ(all->back().address.port, all->front().address.port);
}

TEST(Listening, OnAPortInUseIsRefused) {
  const auto first = listen_on("127.0.0.1:0");
  const auto port = std::to_string(first->front().address.port);
  for (const auto* const host : {"127.0.0.1:", "localhost:"}) {
    const auto second = listen_on(host + port);
    ASSERT_FALSE(second) << host;
    EXPECT_EQ(second.error().reason, Reason::cannot_start);
    EXPECT_NE(second.error().message.find(host + port), std::string::npos) << second.error().message;
    EXPECT_NE(second.error().message.find("in use"), std::string::npos) << second.error().message;
  }
}

TEST(Listening, OnAPortInUseOfTheOtherFamilyIsRefused) {
  if (!has_v6_loopback()) GTEST_SKIP() << "there is no ::1";
  const auto first = listen_on("[::1]:0");
  EXPECT_FALSE(listen_on("localhost:" + std::to_string(first->front().address.port)));
}

TEST(Listening, OnWhatThisMachineHasNotIsRefused) {
  for (const auto* const address : {"192.0.2.1:0", "no-such-host.invalid:0", "nonsense"}) {
    const auto all = listen_on(address);
    ASSERT_FALSE(all) << address;
    EXPECT_NE(all.error().message.find("--listen"), std::string::npos) << all.error().message;
  }
}

}  // namespace
}  // namespace taskwire::gate
