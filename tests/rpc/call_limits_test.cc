#include "rpc/call_limits.h"

#include <gtest/gtest.h>

namespace taskwire::rpc {
namespace {

TEST(CallLimits, GiveEachPlaceOnce) {
  CallLimits limits({.calls = 2, .watches = 1});
  auto first = limits.enter_call();
  const auto second = limits.enter_call();
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_EQ(limits.enter_call().error().reason, Reason::too_many_calls);
  const auto copy = *first;
  first = {};
  EXPECT_FALSE(limits.enter_call()) << "a copy holds the place";
  const auto watch = limits.enter_watch();
  EXPECT_TRUE(watch);
  EXPECT_EQ(limits.enter_watch().error().reason, Reason::too_many_watches);
}

TEST(CallLimits, TakeAPlaceBack) {
  CallLimits limits({.calls = 1});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limits.enter_call()) << i;
}

}  // namespace
}  // namespace taskwire::rpc
