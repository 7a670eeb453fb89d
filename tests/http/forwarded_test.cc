#include "http/forwarded.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace taskwire::edge {
namespace {

using Nodes = std::vector<std::string>;

TEST(Forwarded, SaysForWhomEachProxyAsks) {
  EXPECT_EQ(forwarded_for("for=192.0.2.43"), Nodes{"192.0.2.43"});
  EXPECT_EQ(forwarded_for("for=192.0.2.43, for=198.51.100.17"), (Nodes{"192.0.2.43", "198.51.100.17"}));
  EXPECT_EQ(forwarded_for("proto=http ; FOR=192.0.2.60;by=203.0.113.43"), Nodes{"192.0.2.60"});
  EXPECT_EQ(forwarded_for(R"(for="[2001:db8:cafe::17]:4711",for=unknown,for="_secret")"),
            (Nodes{"[2001:db8:cafe::17]:4711", "unknown", "_secret"}));
  EXPECT_EQ(forwarded_for(R"(host="a\",for=b";for=c,for=d)"), (Nodes{"c", "d"})) << "what is quoted parts nothing";
}

TEST(Forwarded, KeepsThePlaceOfAnElementThatNamesNobody) {
  EXPECT_EQ(forwarded_for("proto=http,for=a"), (Nodes{"", "a"}));
  EXPECT_EQ(forwarded_for("for=a;for=b,for=c"), (Nodes{"", "c"})) << "or two";
  EXPECT_EQ(forwarded_for(",for=a, ,for=b,"), (Nodes{"a", "b"})) << "but one that is empty counts for nothing";
  EXPECT_EQ(forwarded_for(""), Nodes{});
}

TEST(Forwarded, EndsWithNobodyWhereItIsNotWhatTheRfcSays) {
  for (const auto* rest : {"for", "for=\"a", "for=\"a\\", "for=a b", "for=a\"b\"", "a=b=c", "for=\"a\"b, for=c"})
    EXPECT_EQ(forwarded_for(std::string("for=first, ") + rest), (Nodes{"first", ""})) << rest;
}

TEST(Forwarded, IsReadFromItsEnd) {
  std::string field;
  Nodes last;
  for (std::size_t i = 0; i < 2 * kMostForwards; ++i) {
    field += (i == 0 ? "for=" : ",for=") + std::to_string(i);
    if (i >= kMostForwards) last.push_back(std::to_string(i));
  }
  EXPECT_EQ(forwarded_for(field), last);
}

}  // namespace
}  // namespace taskwire::edge
