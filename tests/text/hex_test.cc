#include "text/hex.h"

#include <gtest/gtest.h>

#include "text/lease_name.h"

namespace taskwire {
namespace {

TEST(Hex, HasSoManyDigits) {
  EXPECT_EQ(hex(0xBEEF, 4), "beef");
  EXPECT_EQ(hex(0xBEEF, 6), "00beef");
  EXPECT_EQ(hex(0xBEEF, 2), "ef");
  EXPECT_EQ(hex(~std::uint64_t{0}, 16), "ffffffffffffffff");
}

TEST(LeaseName, IsItsPrefixAndItsNumber) {
  const std::string prefix(kLeasePrefixLength, 'a');
  EXPECT_EQ(lease_name(prefix, 0), prefix + "0000");
  EXPECT_EQ(lease_name(prefix, kMostLeases - 1), prefix + "0063");
  EXPECT_EQ(lease_name(prefix, 0).size(), kLeaseLength);
}

}  // namespace
}  // namespace taskwire
