#include "view/random.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

TEST(Random, GivesFractionsBelowOne) {
  std::uint32_t bits = 0;
  const auto fraction = as_fraction([&] { return bits; });
  EXPECT_EQ(fraction(), 0.0);
  bits = 0x8000'0000;
  EXPECT_EQ(fraction(), 0.5);
  bits = 0xFFFF'FFFF;
  EXPECT_LT(fraction(), 1.0);
}

TEST(Random, MakesKeysOfAllItsBits) {
  std::uint32_t bits = 0x0123'4567;
  const auto key = random_key([&] { return bits++; });
  EXPECT_EQ(key,
            "7654321086543210"
            "96543210a6543210");
}

}  // namespace
}  // namespace taskwire::view
