#include "net/budget.h"

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <vector>

namespace taskwire::edge {
namespace {

TEST(Budget, CutsTheOneLongestWithoutProgress) {
  Budget budget("test", 100);
  std::vector<char> cuts;
  const auto cut = [&](char name) { return [&cuts, name] { cuts.push_back(name); }; };
  auto a = std::make_unique<Budget::Share>(budget, 40, cut('a'));
  Budget::Share b(budget, 40, cut('b'));
  a->set(50);
  EXPECT_TRUE(cuts.empty());
  const Budget::Share c(budget, 20, cut('c'));
  EXPECT_EQ(cuts, std::vector<char>{'b'}) << "a has made progress since";
  EXPECT_EQ(budget.held(), 70U);
  b.set(1000);
  EXPECT_EQ(budget.held(), 70U) << "who was cut holds nothing any more";
  a.reset();
  EXPECT_EQ(budget.held(), 20U);
  EXPECT_EQ(cuts.size(), 1U);
}

TEST(Budget, NeverCutsTheOneThatWantsMore) {
  Budget budget("test", 100);
  bool is_cut = false;
  Budget::Share alone(budget, 1000, [&] { is_cut = true; });
  alone.set(2000);
  EXPECT_FALSE(is_cut);
}

TEST(Budget, CutsAsManyAsItTakes) {
  Budget budget("test", 3);
  int cuts = 0;
  std::vector<std::unique_ptr<Budget::Share>> shares;
  for (int i = 0; i < 10; ++i) shares.push_back(std::make_unique<Budget::Share>(budget, 1, [&] { ++cuts; }));
  EXPECT_EQ(cuts, 7);
  EXPECT_EQ(budget.held(), 3U);
  shares.clear();
  EXPECT_EQ(budget.held(), 0U);
}

TEST(Budget, CountsOnceWhatSeveralHold) {
  Budget budget("test", 100);
  std::vector<int> cuts;
  const int what = 0;
  std::vector<std::unique_ptr<Budget::Share>> shares;
  for (int i = 0; i < 10; ++i)
    shares.push_back(std::make_unique<Budget::Share>(
        budget, 60, [&cuts, i] { cuts.push_back(i); }, &what));
  EXPECT_EQ(budget.held(), 60U);
  shares[0]->set(60);
  shares.pop_back();
  EXPECT_EQ(budget.held(), 60U);
  EXPECT_TRUE(cuts.empty());
  {
    const Budget::Share other(budget, 60, [] {});
    EXPECT_EQ(cuts, (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8, 0})) << "it is free only when nobody holds it";
    EXPECT_EQ(budget.held(), 60U);
  }
  shares.clear();
  EXPECT_EQ(budget.held(), 0U);
}

}  // namespace
}  // namespace taskwire::edge
