#include "net/admission.h"

#include <gtest/gtest.h>
#include <optional>
#include <utility>

namespace taskwire::edge {
namespace {

boost::asio::ip::address at(const char* text) {
  return boost::asio::ip::make_address(text);
}

TEST(Admission, GivesAsManyPlacesAsThereAreInAll) {
  Admission admission({.in_all = 2});
  std::optional<Lease> first(admission.enter(at("127.0.0.1")));
  const Lease second = admission.enter(at("127.0.0.2"));
  EXPECT_FALSE(first->refusal());
  EXPECT_FALSE(second.refusal());
  EXPECT_EQ(admission.enter(at("127.0.0.3")).refusal(), Reason::too_many_connections);
  first.reset();
  EXPECT_FALSE(admission.enter(at("127.0.0.3")).refusal()) << "who was refused takes no place";
}

TEST(Admission, BoundsWhatOneAddressHolds) {
  Admission admission({.in_all = 2, .per_address = 1});
  std::optional<Lease> first(admission.enter(at("127.0.0.1")));
  EXPECT_EQ(admission.enter(at("127.0.0.1")).refusal(), Reason::too_many_from_address);
  EXPECT_EQ(admission.enter(at("::ffff:127.0.0.1")).refusal(), Reason::too_many_from_address) << "the same, as IPv6";
  EXPECT_FALSE(admission.enter(at("127.0.0.2")).refusal());
  first.reset();
  const Lease again = admission.enter(at("127.0.0.1"));
  EXPECT_FALSE(again.refusal());
  EXPECT_FALSE(admission.enter(at("127.0.0.2")).refusal()) << "nobody else has a place";
}

TEST(Admission, TakesANetworkOfIpv6ForOneAddress) {
  Admission admission({.in_all = 100, .per_address = 1});
  const Lease first = admission.enter(at("2001:db8:0:1::1"));
  EXPECT_EQ(admission.enter(at("2001:db8:0:1:ffff::2")).refusal(), Reason::too_many_from_address);
  EXPECT_FALSE(admission.enter(at("2001:db8:0:2::1")).refusal());
}

TEST(Admission, CountsAProxysConnectionsForWhomItAsks) {
  Admission admission({.in_all = 3, .per_address = 1});
  std::optional<Lease> first(admission.enter(std::nullopt));
  Lease second = admission.enter(std::nullopt);
  EXPECT_FALSE(first->join_address(at("192.0.2.1")));
  EXPECT_FALSE(first->join_address(at("192.0.2.1"))) << "it has a place already";
  EXPECT_EQ(second.join_address(at("192.0.2.1")), Reason::too_many_from_address);
  EXPECT_EQ(admission.refused_per_address(), 1U);
  first.reset();
  EXPECT_FALSE(second.join_address(at("192.0.2.1")));
  Lease direct = admission.enter(at("192.0.2.2"));
  EXPECT_FALSE(direct.join_address(at("192.0.2.2"))) << "once, though it came twice";
}

TEST(Admission, BoundsWhatOneUserHolds) {
  Admission admission({.in_all = 100, .per_user = 1});
  std::optional<Lease> first(admission.enter(at("127.0.0.1")));
  Lease second = admission.enter(at("127.0.0.1"));
  EXPECT_FALSE(first->join("alice"));
  EXPECT_EQ(second.join("alice"), Reason::too_many_of_user);
  EXPECT_FALSE(second.join("bob"));
  Lease moved = std::move(*first);
  first.reset();
  EXPECT_EQ(second.join("alice"), Reason::too_many_of_user) << "the place has moved with the lease";
  { const Lease gone = std::move(moved); }
  EXPECT_FALSE(second.join("alice"));
}

}  // namespace
}  // namespace taskwire::edge
