#include "base/ids.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string_view>

#include "resume/cursor.h"

namespace taskwire::engine {
namespace {

TEST(Ids, SpellEveryBit) {
  EXPECT_EQ(make_task_id([] { return std::uint64_t{0}; }), "aaaaaaaaaaaa");
  EXPECT_EQ(make_task_id([] { return ~std::uint64_t{0}; }), "777777777777");
  EXPECT_EQ(make_task_id([] { return std::uint64_t{1} << 55U; }), "aaaaaaaaaaab");
}

TEST(Ids, DifferFromEachOther) {
  const auto random = system_random();
  EXPECT_NE(make_task_id(random), make_task_id(random));
}

TEST(Ids, NameALog) {
  EXPECT_TRUE(is_epoch(make_epoch(system_random())));
  EXPECT_EQ(make_epoch(system_random()).size(), 8U);
}

}  // namespace
}  // namespace taskwire::engine
