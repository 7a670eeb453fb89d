#include "tasks/task_queue.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace taskwire::engine {
namespace {

const TaskQueue::Room kAnything{[](const std::string&) { return true; },
                                [](const std::string&, const std::string&) { return true; }};

class TaskQueueTest : public testing::Test {
 protected:
  /// Takes what may run, all of it: `a1 ` is the first attempt of task a.
  std::string drain(const std::string& but_of = "") {
    std::string text;
    while (const auto next = queue.take({[&](const std::string& type) { return !full_types.contains(type); },
                                         [&](const std::string& user, const std::string& type) {
                                           return user != but_of && !full_pairs.contains({user, type});
                                         }}))
      text += next->attempt.task_id + std::to_string(next->attempt.number) + " ";
    return text;
  }

  void put(const std::string& user, const AttemptId& attempt, const std::string& type = "x") {
    queue.put({user, type, attempt});
  }

  TaskQueue queue;
  std::set<std::string> full_types;
  std::set<std::pair<std::string, std::string>> full_pairs;
};

TEST_F(TaskQueueTest, TellsHowManyOfATypeComeUpToATask) {
  for (const auto* const id : {"a1", "a2", "a3"}) put("alice", {id, 1});
  put("bob", {"b1", 1});
  put("alice", {"other", 1}, "y");
  for (const auto* const id : {"c1", "c2"}) put("carol", {id, 1});
  std::string order;
  std::map<std::string, std::size_t> positions;
  for (const auto* const id : {"a1", "a2", "a3", "b1", "c1", "c2", "other"}) positions[id] = queue.position(id, 100);
  std::size_t taken = 0;
  full_types = {"y"};
  for (const auto* const id : {"a1", "b1", "c1", "a2", "c2", "a3"}) {
    EXPECT_EQ(positions[id], ++taken) << id;
    order += id + std::string("1 ");
  }
  EXPECT_EQ(positions["other"], 1U);
  EXPECT_EQ(queue.position("c2", 5), 5U);
  EXPECT_EQ(queue.position("c2", 4), 0U);
  EXPECT_EQ(queue.position("a3", 1), 0U);
  EXPECT_EQ(queue.position("nobody", 100), 0U);
  EXPECT_EQ(drain(), order);
}

TEST_F(TaskQueueTest, KeepsTheOrderInWhichTheyCame) {
  for (const auto* const id : {"b", "a", "c"}) put("alice", {id, 1});
  put("alice", {"b", 1});
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(drain(), "b1 a1 c1 ");
  EXPECT_EQ(queue.size(), 0U);
}

TEST_F(TaskQueueTest, LetsUsersTakeTurns) {
  for (int i = 0; i < 5; ++i) put("alice", {"a" + std::to_string(i), 1});
  for (int i = 0; i < 2; ++i) put("bob", {"b" + std::to_string(i), 1});
  EXPECT_EQ(queue.take(kAnything)->user, "alice");
  put("carol", {"c", 1});
  EXPECT_EQ(drain(), "b01 a11 c1 b11 a21 a31 a41 ");
}

TEST_F(TaskQueueTest, PassesOverWhoMayRunNoOtherOneAndKeepsTheirTurn) {
  put("alice", {"a", 1});
  put("bob", {"b", 1});
  put("bob", {"bb", 1});
  EXPECT_EQ(drain("alice"), "b1 bb1 ");
  put("bob", {"bbb", 1});
  EXPECT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue.size("alice"), 1U);
  EXPECT_EQ(queue.size("carol"), 0U);
  EXPECT_EQ(drain(), "a1 bbb1 ");
}

TEST_F(TaskQueueTest, HoldsOneAttemptOfATask) {
  put("alice", {"a", 1});
  put("alice", {"b", 1});
  put("alice", {"a", 2});
  EXPECT_EQ(drain(), "b1 a2 ");
}

TEST_F(TaskQueueTest, FreesThePlaceOfWhatIsDropped) {
  put("alice", {"a", 1});
  put("bob", {"b", 1});
  queue.drop("a");
  queue.drop("nothing");
  EXPECT_EQ(queue.size(), 1U);
  put("alice", {"a", 1});
  EXPECT_EQ(drain(), "b1 a1 ");
  put("alice", {"a", 1});
  queue.clear();
  EXPECT_EQ(queue.size(), 0U);
  put("alice", {"a", 1});
  EXPECT_EQ(drain(), "a1 ");
}

TEST_F(TaskQueueTest, LetsATypeWithoutRoomKeepNobodyWaiting) {
  put("alice", {"a1", 1}, "full");
  put("alice", {"a2", 1}, "x");
  put("bob", {"b1", 1}, "full");
  put("carol", {"c1", 1}, "x");
  put("bob", {"b2", 1}, "x");
  full_types = {"full"};
  EXPECT_EQ(drain(), "a21 b21 c11 ");
  full_types = {};
  EXPECT_EQ(drain(), "a11 b11 ");
}

TEST_F(TaskQueueTest, PassesOverATypeOfWhichAUserMayRunNoOtherOne) {
  put("alice", {"a1", 1}, "full");
  put("alice", {"a2", 1}, "x");
  put("bob", {"b1", 1}, "full");
  full_pairs = {{"alice", "full"}};
  EXPECT_EQ(drain(), "a21 b11 ");
  EXPECT_EQ(queue.size(), 1U);
  EXPECT_TRUE(queue.holds("a1"));
  EXPECT_FALSE(queue.holds("a2"));
}

TEST_F(TaskQueueTest, TakesTheOneThatHasWaitedLongestOfAUserWhateverItsType) {
  put("alice", {"a1", 1}, "y");
  put("alice", {"a2", 1}, "x");
  put("alice", {"a3", 1}, "y");
  EXPECT_EQ(drain(), "a11 a21 a31 ");
}

TEST_F(TaskQueueTest, KeepsTheTurnOfWhoWasPassedOverForAType) {
  put("alice", {"a1", 1}, "full");
  put("bob", {"b1", 1}, "x");
  put("bob", {"b2", 1}, "x");
  full_types = {"full"};
  EXPECT_EQ(queue.take({[](const std::string& type) { return type != "full"; }, kAnything.user})->user, "bob");
  EXPECT_EQ(queue.take(kAnything)->user, "alice");
}

/// Where nothing may run, how many waiting ones there are costs nothing.
TEST_F(TaskQueueTest, LooksAtFewOfThemHoweverManyWait) {
  constexpr int kMany = 10'000;
  for (int i = 0; i < kMany; ++i) put("alice", {"a" + std::to_string(i), 1}, "full");
  for (int i = 0; i < kMany; ++i) put("user" + std::to_string(i), {"u" + std::to_string(i), 1}, "full");
  put("bob", {"b", 1}, "x");
  int asked = 0;
  const auto next = queue.take({[&](const std::string& type) { return ++asked, type != "full"; },
                                [&](const std::string&, const std::string&) { return ++asked, true; }});
  EXPECT_EQ(next->user, "bob");
  EXPECT_LE(asked, 6);
}

}  // namespace
}  // namespace taskwire::engine
