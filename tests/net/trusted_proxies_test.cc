#include "net/trusted_proxies.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace taskwire::edge {
namespace {

using boost::asio::ip::make_address;
constexpr auto kCommon = TrustedProxies::Field::x_forwarded_for;

using Headers = std::vector<std::pair<std::string, std::string>>;

std::string client(const TrustedProxies& proxies, const std::string& peer, const Headers& headers) {
  HttpRequest request;
  request.headers = headers;
  return proxies.client(make_address(peer), request).to_string();
}

TEST(TrustedProxies, AreRangesOfAddresses) {
  const TrustedProxies proxies({"10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1", "fe80::/10", "::ffff:192.0.2.9"},
                               kCommon);
  for (const auto* own :
       {"10.255.0.1", "192.0.2.7", "192.0.2.9", "::ffff:10.1.2.3", "2001:db8:7::1", "::1", "fe80::1%1"})
    EXPECT_TRUE(proxies.has(make_address(own))) << own;
  for (const auto* other : {"11.0.0.1", "192.0.2.8", "2001:db9::1", "::2", "127.0.0.1"})
    EXPECT_FALSE(proxies.has(make_address(other))) << other;
  EXPECT_FALSE(TrustedProxies({}, kCommon).has(make_address("10.0.0.1")));
}

TEST(TrustedProxies, SayWhatIsNoRange) {
  for (const auto* range :
       {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "proxy", "::1/129", "10.0.0.0/8/8", "/8", "::ffff:10.0.0.0/104"}) {
    const auto parsed = TrustedProxies::parse(range);
    ASSERT_FALSE(parsed) << range;
    EXPECT_EQ(parsed.error(),
              "'" + std::string(range) + "' is no range of addresses; write 10.0.0.0/8, 2001:db8::/32 or one address");
  }
}

TEST(TrustedProxies, SayForWhomTheyAsk) {
  const TrustedProxies proxies({"10.0.0.0/8"}, kCommon);
  EXPECT_EQ(client(proxies, "10.0.0.1", {{"X-Forwarded-For", "192.0.2.1"}}), "192.0.2.1");
  EXPECT_EQ(client(proxies, "10.0.0.1", {{"x-forwarded-for", "2001:db8::1"}}), "2001:db8::1");
  EXPECT_EQ(client(proxies, "::ffff:10.0.0.1", {{"X-Forwarded-For", "192.0.2.1"}}), "192.0.2.1");
  EXPECT_EQ(client(proxies, "10.0.0.1", {{"X-Forwarded-For", "192.0.2.1, 10.0.0.3"}, {"X-Forwarded-For", "10.0.0.2"}}),
            "192.0.2.1")
      << "through all that are trusted";
  EXPECT_EQ(client(proxies, "10.0.0.1", {{"X-Forwarded-For", "10.0.0.3"}}), "10.0.0.3") << "one that asks for itself";
  EXPECT_EQ(client(proxies, "10.0.0.1", {}), "10.0.0.1");
  EXPECT_EQ(client(proxies, "10.0.0.1", {{"Forwarded", "for=192.0.2.2"}, {"X-Forwarded-For", "192.0.2.1"}}),
            "192.0.2.1")
      << "in one field, whatever comes in the other";
}

TEST(TrustedProxies, SayItInTheFieldOfTheStandardIfTheyAreToldTo) {
  const TrustedProxies proxies({"10.0.0.0/8"}, TrustedProxies::Field::forwarded);
  EXPECT_EQ(client(proxies, "10.0.0.1", {{"Forwarded", "for=192.0.2.1:4711"}}), "192.0.2.1");
  EXPECT_EQ(client(proxies, "10.0.0.1", {{"Forwarded", "for=\"[2001:db8::1]:4711\""}}), "2001:db8::1");
  EXPECT_EQ(client(proxies, "10.0.0.1", {{"Forwarded", "for=\"192.0.2.9"}, {"Forwarded", "for=192.0.2.1"}}),
            "192.0.2.1")
      << "whatever stands in a line before it";
  EXPECT_EQ(client(proxies, "10.0.0.1", {{"Forwarded", "for=192.0.2.1"}, {"X-Forwarded-For", "192.0.2.2"}}),
            "192.0.2.1");
  EXPECT_EQ(client(proxies, "10.0.0.1", {{"Forwarded", "for=192.0.2.1, for=\"10.0.0.2"}}), "10.0.0.1")
      << "of what is no element nothing is taken";
}

TEST(TrustedProxies, AreBelievedAndNobodyElse) {
  const TrustedProxies proxies({"10.0.0.0/8"}, kCommon);
  EXPECT_EQ(client(proxies, "192.0.2.9", {{"X-Forwarded-For", "192.0.2.1"}}), "192.0.2.9") << "no proxy";
  EXPECT_EQ(client(proxies, "10.0.0.1", {{"X-Forwarded-For", "198.51.100.1, 192.0.2.1"}}), "192.0.2.1")
      << "what the client itself wrote before that";
  for (const auto* hidden : {"unknown", "_hidden", "", ",", "300.0.0.1", "[::1"})
    EXPECT_EQ(client(proxies, "10.0.0.1", {{"X-Forwarded-For", hidden}}), "10.0.0.1") << hidden;
}

}  // namespace
}  // namespace taskwire::edge
