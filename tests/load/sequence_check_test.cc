#include "bench/sequence_check.h"

#include <gtest/gtest.h>
#include <initializer_list>

namespace taskwire::bench {
namespace {

/// missing, repeated, reordered, foreign.
std::string faults_of(std::initializer_list<std::uint64_t> sequences, std::uint64_t last, std::uint64_t after = 0) {
  SequenceCheck check;
  check.start_after(after);
  for (const auto sequence : sequences) check.take(sequence);
  const auto faults = check.faults(last);
  return std::to_string(faults.missing) + " " + std::to_string(faults.repeated) + " " +
         std::to_string(faults.reordered) + " " + std::to_string(faults.foreign);
}

TEST(SequenceCheck, FindsNothingWhereAllCame) {
  EXPECT_EQ(faults_of({1, 2, 3}, 3), "0 0 0 0");
  EXPECT_EQ(faults_of({}, 0), "0 0 0 0");
  EXPECT_EQ(faults_of({11, 12}, 12, 10), "0 0 0 0");
}

TEST(SequenceCheck, FindsWhatIsMissing) {
  EXPECT_EQ(faults_of({1, 3}, 3), "1 0 0 0");
  EXPECT_EQ(faults_of({2, 3}, 3), "1 0 0 0") << "the first";
  EXPECT_EQ(faults_of({1, 2}, 3), "1 0 0 0") << "the last";
  EXPECT_EQ(faults_of({}, 3), "3 0 0 0");
}

TEST(SequenceCheck, FindsWhatCameAgain) {
  EXPECT_EQ(faults_of({1, 2, 2, 3}, 3), "0 1 0 0");
  EXPECT_EQ(faults_of({1, 2, 3, 1}, 3), "0 1 0 0");
  EXPECT_EQ(faults_of({1, 3, 3, 2}, 3), "0 1 1 0");
}

TEST(SequenceCheck, FindsWhatCameLate) {
  EXPECT_EQ(faults_of({2, 1, 3}, 3), "0 0 1 0");
  EXPECT_EQ(faults_of({3, 2, 1}, 3), "0 0 2 0");
}

TEST(SequenceCheck, FindsWhatWasNeverOwed) {
  EXPECT_EQ(faults_of({10, 11}, 11, 10), "0 0 0 1");
}

TEST(SequenceCheck, RemembersAWindow) {
  EXPECT_EQ(faults_of({4096, 1}, 4096), "4094 0 1 0");
  EXPECT_EQ(faults_of({4097, 1}, 4097), "4096 1 0 0") << "it was given up before it came";
  EXPECT_EQ(faults_of({2, 4097, 4099, 4098}, 4099), "4095 0 1 0") << "the place of 2 is free for 4098";
  EXPECT_EQ(faults_of({5, 5000, 5, 5000}, 5000), "4998 2 0 0");
  EXPECT_EQ(faults_of({1'000'000'000'000}, 1'000'000'000'000), "999999999999 0 0 0") << "and is fast at it";
  EXPECT_EQ(faults_of({2, 4000, 30'000}, 30'000), "29997 0 0 0");
}

TEST(SequenceCheck, KnowsWhetherAllCame) {
  SequenceCheck check;
  EXPECT_TRUE(check.has_all(0));
  EXPECT_TRUE(check.take(2));
  EXPECT_FALSE(check.has_all(2));
  EXPECT_TRUE(check.take(1));
  EXPECT_FALSE(check.take(1));
  EXPECT_TRUE(check.has_all(2));
  EXPECT_EQ(check.taken(), 2U);
  for (std::uint64_t sequence = 3; sequence <= 200; ++sequence) check.take(sequence);
  EXPECT_TRUE(check.has_all(200));
  for (std::uint64_t sequence = 5000; sequence > 200; --sequence) check.take(sequence);
  EXPECT_FALSE(check.has_all(5000)) << "more than the window was turned round";
}

TEST(SequenceCheck, JudgesAWindowThatIsTurnedRound) {
  SequenceCheck check;
  for (std::uint64_t first = 1; first < 20'000; first += SequenceCheck::kWindow) {
    for (auto i = SequenceCheck::kWindow; i > 0; --i) EXPECT_TRUE(check.take(first + i - 1));
    EXPECT_TRUE(check.has_all(first + SequenceCheck::kWindow - 1));
    EXPECT_FALSE(check.take(first));
  }
}

}  // namespace
}  // namespace taskwire::bench
