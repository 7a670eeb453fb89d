#include "log/hot_tail.h"

#include <gtest/gtest.h>

#include "engine/support/test_log.h"
#include "log/page_budget.h"

namespace taskwire::engine {
namespace {

struct CountingWaiter : Waiter {
  void wake() override { ++wakes; }
  int wakes = 0;
};

Events events(Sequence from, Sequence to, const std::string& topic = "channels/x", std::size_t data_bytes = 1) {
  const std::string bytes(data_bytes, 'x');
  Events events;
  EventKeeper keeper;
  for (Sequence sequence = from; sequence <= to; ++sequence)
    events.push_back(keeper.keep({.sequence = sequence, .topic = topic, .bytes = bytes}));
  return events;
}

class HotTailTest : public testing::Test {
 protected:
  void append(Sequence from, Sequence to, const std::string& topic = "channels/x", std::size_t data_bytes = 1) {
    tail.append(from - 1, events(from, to, topic, data_bytes));
  }

  HotTail tail{{.events = 1000, .bytes = std::size_t{16} << 20}};
};

TEST_F(HotTailTest, GivesPagesOfAtMostSoManyEvents) {
  append(1, 300);
  const auto all = tail.select({});
  const auto first = tail.read(all, 0);
  EXPECT_EQ(first->events.size(), PageBudget::kMostEvents);
  EXPECT_EQ(first->through, 256);
  const auto second = tail.read(all, first->through);
  EXPECT_EQ(second->events.size(), 44U);
  EXPECT_EQ(second->through, 300);
}

TEST_F(HotTailTest, GivesPagesOfAtMostSoManyBytesButAlwaysAnEvent) {
  append(1, 10, "channels/x", 100'000);
  EXPECT_EQ(tail.read(tail.select({}), 0)->events.size(), 2U);
  append(11, 11, "channels/x", 1'000'000);
  EXPECT_EQ(sequences_of(tail.read(tail.select({}), 10)->events), (std::vector<Sequence>{11}));
}

TEST_F(HotTailTest, ReadsTheTopicsOfASelection) {
  append(1, 1, "channels/x");
  append(2, 2, "channels/y");
  append(3, 3, "channels/z");
  const auto page = tail.read(tail.select({"channels/x", "channels/y"}), 0);
  EXPECT_EQ(sequences_of(page->events), (std::vector<Sequence>{1, 2}));
  EXPECT_EQ(page->through, 3);
}

TEST_F(HotTailTest, DoesNotAnswerForWhatItHasNotKept) {
  append(51, 60);
  EXPECT_FALSE(tail.covers(49));
  EXPECT_FALSE(tail.read(tail.select({}), 49));
  EXPECT_TRUE(tail.read(tail.select({}), 50));
}

TEST_F(HotTailTest, CoversNothingBeforeItWasFilled) {
  const auto all = tail.select({});
  EXPECT_FALSE(tail.covers(0));
  EXPECT_FALSE(tail.back(1));
  EXPECT_FALSE(tail.read(all, 0));
  EXPECT_FALSE(tail.read(all, 5)) << "nor does it know that nothing follows";
  tail.refill(2);
  for (const auto& event : events(3, 4)) tail.add(event);
  EXPECT_FALSE(tail.covers(3));
  EXPECT_FALSE(tail.read(all, 3));
  tail.filled(5);
  EXPECT_EQ(sequences_of(tail.read(all, 2)->events), (std::vector<Sequence>{3, 4}));
  EXPECT_TRUE(tail.covers(5));
}

TEST_F(HotTailTest, ForgetsWhatItHeldWhenItIsFilledAnew) {
  append(1, 3);
  tail.refill(1);
  EXPECT_FALSE(tail.covers(3));
  EXPECT_FALSE(tail.read(tail.select({}), 3));
}

TEST_F(HotTailTest, BeginsAnewWhereAnAppendDoesNotFollowItsHead) {
  append(1, 3);
  append(5, 6);
  EXPECT_FALSE(tail.covers(3)) << "what lies in between is not here";
  EXPECT_FALSE(tail.read(tail.select({}), 3));
  EXPECT_EQ(sequences_of(tail.read(tail.select({}), 4)->events), (std::vector<Sequence>{5, 6}));
  tail.append(9, {});
  EXPECT_FALSE(tail.covers(6));
  EXPECT_TRUE(tail.covers(9));
}

TEST_F(HotTailTest, WakesWhoWaitsWhileItBeginsAnew) {
  const auto waiter = std::make_shared<CountingWaiter>();
  append(1, 3);
  EXPECT_TRUE(tail.park(tail.select({"channels/quiet"}), 3, waiter));
  tail.refill(0);
  tail.wake();
  EXPECT_EQ(waiter->wakes, 0) << "there is nothing to read yet";
  tail.append(9, {});
  tail.wake();
  EXPECT_EQ(waiter->wakes, 1);
}

TEST_F(HotTailTest, WakesWhoParkedWhileItWasFilled) {
  const auto waiter = std::make_shared<CountingWaiter>();
  tail.refill(0);
  for (const auto& event : events(1, 2)) tail.add(event);
  EXPECT_TRUE(tail.park(tail.select({}), 1, waiter));
  tail.filled(2);
  tail.wake();
  EXPECT_EQ(waiter->wakes, 1);
}

TEST_F(HotTailTest, HasNothingYetAfterAPlaceAboveItsHead) {
  append(1, 3);
  const auto page = tail.read(tail.select({}), 5);
  EXPECT_TRUE(page->events.empty());
  EXPECT_EQ(page->through, 5);
}

TEST_F(HotTailTest, WakesOnceWhoHasSomethingToRead) {
  const auto waiter = std::make_shared<CountingWaiter>();
  append(1, 1);
  EXPECT_FALSE(tail.park(tail.select({}), 0, waiter)) << "there is something already";
  EXPECT_TRUE(tail.park(tail.select({}), 1, waiter));
  tail.wake();
  EXPECT_EQ(waiter->wakes, 0);
  append(2, 2);
  tail.wake();
  append(3, 3);
  tail.wake();
  EXPECT_EQ(waiter->wakes, 1);
}

TEST_F(HotTailTest, LetsWhoReadsOtherTopicsSleep) {
  const auto waiter = std::make_shared<CountingWaiter>();
  append(1, 100);
  EXPECT_TRUE(tail.park(tail.select({"channels/y", "channels/z"}), 100, waiter));
  append(101, 110);
  tail.wake();
  EXPECT_EQ(waiter->wakes, 0);
  append(111, 111, "channels/z");
  tail.wake();
  EXPECT_EQ(waiter->wakes, 1);
}

TEST_F(HotTailTest, WakesAQuietReaderBeforeTheTailLeavesItBehind) {
  const auto waiter = std::make_shared<CountingWaiter>();
  append(1, 1000);
  EXPECT_TRUE(tail.park(tail.select({"channels/quiet"}), 1000, waiter));
  Sequence sequence = 1000;
  while (waiter->wakes == 0 && sequence < 3000) {
    append(sequence + 1, sequence + 1);
    ++sequence;
    tail.wake();
  }
  EXPECT_EQ(waiter->wakes, 1);
  EXPECT_TRUE(tail.covers(1000));
}

TEST_F(HotTailTest, ForgetsAWaiterThatHasGone) {
  auto waiter = std::make_shared<CountingWaiter>();
  EXPECT_TRUE(tail.park(tail.select({}), 0, waiter));
  waiter.reset();
  append(1, 1);
  tail.wake();
}

}  // namespace
}  // namespace taskwire::engine
