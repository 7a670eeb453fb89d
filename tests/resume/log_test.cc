#include "resume/log.h"

#include <gtest/gtest.h>
#include <vector>

namespace taskwire {
namespace {

using TestLog = Log<int>;

struct Seen {
  std::vector<Sequence> sequences;
  Sequence through;
  bool latest;
  friend bool operator==(const Seen&, const Seen&) = default;
};

class LogTest : public testing::Test {
 protected:
  void update(Sequence sequence, std::string_view key) { log.append({sequence, "tasks/a", key, false, 1, 0}); }
  void remove(Sequence sequence, std::string_view key) { log.append({sequence, "tasks/a", key, true, 1, 0}); }
  void publish(Sequence sequence, std::string_view topic) { log.append({sequence, topic, "", false, 1, 0}); }

  Seen read(std::vector<std::string_view> topics, Sequence after, std::int64_t max_lag = TestLog::kWhole,
            std::size_t limit = 100, std::size_t most = 1000) {
    std::vector<TestLog::TopicRef> refs;
    for (const auto topic : topics) refs.push_back(log.topic(topic));
    Seen seen;
    const auto visit = [&](const TestLog::Entry& entry) {
      if (seen.sequences.size() == limit) return false;
      seen.sequences.push_back(entry.sequence);
      return true;
    };
    const auto [through, latest] = log.read(refs, after, max_lag, visit, most);
    seen.through = through;
    seen.latest = latest;
    return seen;
  }

  TestLog log{{.events = 5, .bytes = 100}};
};

TEST_F(LogTest, GivesNothingAtTheHead) {
  publish(3, "channels/x");
  EXPECT_EQ(read({"channels/x"}, 3), (Seen{{}, 3, false}));
}

TEST_F(LogTest, MergesTopicsInOrder) {
  publish(1, "channels/x");
  publish(2, "channels/y");
  publish(4, "channels/z");
  publish(5, "channels/x");
  EXPECT_EQ(read({"channels/x", "channels/y"}, 0), (Seen{{1, 2, 5}, 5, false}));
  EXPECT_EQ(read({"channels/y", "channels/z"}, 2), (Seen{{4}, 5, false}));
}

TEST_F(LogTest, StopsBehindTheLastEntryTaken) {
  publish(1, "channels/x");
  publish(2, "channels/x");
  publish(3, "channels/y");
  EXPECT_EQ(read({"channels/x"}, 0, TestLog::kWhole, 1), (Seen{{1}, 1, false}));
  EXPECT_EQ(read({"channels/x"}, 0, TestLog::kWhole, 0), (Seen{{}, 0, false}));
  EXPECT_EQ(read({"channels/x"}, 0, TestLog::kWhole, 2), (Seen{{1, 2}, 3, false}));
}

TEST_F(LogTest, AdvancesPastWhatOthersWrote) {
  publish(1, "channels/x");
  log.advance(9);
  EXPECT_EQ(read({"channels/quiet"}, 0), (Seen{{}, 9, false}));
}

TEST_F(LogTest, EvictsTheOldestBeyondItsLimits) {
  for (Sequence s = 1; s <= 7; ++s) publish(s, "channels/x");
  EXPECT_EQ(log.base(), 2);
  EXPECT_FALSE(log.covers(1));
  EXPECT_TRUE(log.covers(2));
  EXPECT_EQ(read({"channels/x"}, 2).sequences, (std::vector<Sequence>{3, 4, 5, 6, 7}));
}

TEST_F(LogTest, EvictsByBytesButKeepsTheNewest) {
  log.append({1, "channels/x", "", false, 60, 0});
  log.append({2, "channels/x", "", false, 60, 0});
  EXPECT_EQ(log.base(), 1);
  log.append({3, "channels/x", "", false, 1000, 0});
  EXPECT_EQ(log.size(), 1U);
  EXPECT_EQ(log.bytes(), 1000U);
}

TEST_F(LogTest, ReadsWholeWithinTheLag) {
  update(1, "t1");
  update(2, "t1");
  update(3, "t2");
  EXPECT_EQ(read({"tasks/a"}, 0, 3), (Seen{{1, 2, 3}, 3, false}));
}

TEST_F(LogTest, ReadsLatestBeyondTheLag) {
  update(1, "t1");
  update(2, "t2");
  update(3, "t1");
  update(4, "t1");
  EXPECT_EQ(read({"tasks/a"}, 0, 3), (Seen{{2, 4}, 4, true}));
  EXPECT_EQ(read({"tasks/a"}, 0, 3, 1), (Seen{{2}, 3, true}));
}

TEST_F(LogTest, LooksAtNoMoreEntriesAtOnceThanItMay) {
  for (Sequence s = 1; s <= 4; ++s) update(s, "t1");
  publish(5, "channels/x");
  EXPECT_EQ(read({"tasks/a", "channels/x"}, 0, TestLog::kWhole, 100, 2), (Seen{{1, 2}, 2, false}));
  EXPECT_EQ(read({"tasks/a", "channels/x"}, 0, 3, 100, 2), (Seen{{}, 2, true})) << "what is passed over counts";
  EXPECT_EQ(read({"tasks/a", "channels/x"}, 2, 1, 100, 3), (Seen{{4, 5}, 5, true}));
  EXPECT_EQ(read({"tasks/a"}, 4, 1, 100, 0), (Seen{{}, 5, false})) << "nothing is left to look at";
}

TEST_F(LogTest, ReadsLatestWithEveryDeletion) {
  update(1, "t1");
  remove(2, "t1");
  update(3, "t2");
  update(4, "t2");
  EXPECT_EQ(read({"tasks/a"}, 0, 1), (Seen{{2, 4}, 4, true}));
}

TEST_F(LogTest, ReadsTopicsWithoutKeysWholeHoweverFarBehind) {
  publish(1, "channels/x");
  update(2, "t1");
  publish(3, "channels/x");
  update(4, "t1");
  EXPECT_EQ(read({"channels/x", "tasks/a"}, 0, 0), (Seen{{1, 3, 4}, 4, true}));
}

TEST_F(LogTest, ForgetsAKeyWithItsLastEvent) {
  update(1, "t1");
  for (Sequence s = 2; s <= 6; ++s) publish(s, "channels/x");
  update(7, "t1");
  EXPECT_EQ(read({"tasks/a"}, log.base(), 0).sequences, (std::vector<Sequence>{7}));
}

TEST_F(LogTest, RestartsEmptyBehindTheNewBase) {
  publish(1, "channels/x");
  const auto topic = log.topic("channels/x");
  log.restart(41);
  EXPECT_EQ(log.base(), 41);
  EXPECT_EQ(log.head(), 41);
  EXPECT_EQ(log.bytes(), 0U);
  publish(42, "channels/x");
  EXPECT_EQ(read({"channels/x"}, 41).sequences, (std::vector<Sequence>{42}));
  EXPECT_EQ(log.topic("channels/x"), topic);
}

TEST_F(LogTest, FindsEveryPlaceWhateverWasEvicted) {
  constexpr Sequence kEvents = 40;
  for (std::size_t kept = 1; kept <= kEvents; ++kept) {
    TestLog many{{.events = kept}};
    const auto even = many.topic("channels/even");
    for (Sequence s = 1; s <= kEvents; ++s)
      many.append({s, s % 2 == 0 ? "channels/even" : "channels/odd", "", false, 1, 0});
    for (Sequence after = many.base(); after <= kEvents; ++after) {
      std::vector<Sequence> seen, expected;
      for (Sequence s = after + 1; s <= kEvents; ++s) {
        if (s % 2 == 0) expected.push_back(s);
      }
      many.read({&even, 1}, after, TestLog::kWhole, [&](const TestLog::Entry& entry) {
        seen.push_back(entry.sequence);
        return true;
      });
      EXPECT_EQ(seen, expected) << kept << " kept, after " << after;
    }
  }
}

TEST_F(LogTest, KeepsATopicThatHasSomethingAttached) {
  Log<int, std::unique_ptr<int>> attached{{}};
  attached.topic("channels/x")->attachment() = std::make_unique<int>(7);
  for (int i = 0; i < 1000; ++i) (void)attached.topic("channels/" + std::to_string(i));
  ASSERT_TRUE(attached.topic("channels/x")->attachment());
  EXPECT_EQ(*attached.topic("channels/x")->attachment(), 7);
  EXPECT_EQ(attached.topic("channels/x")->name(), "channels/x");
  int topics = 0;
  attached.for_each_topic([&](const auto& topic) { topics += topic.attachment() ? 1 : 0; });
  EXPECT_EQ(topics, 1);
}

TEST_F(LogTest, GoesBackSoManyEvents) {
  for (Sequence s = 10; s <= 30; s += 10) publish(s, "channels/x");
  EXPECT_EQ(log.back(0), 30);
  EXPECT_EQ(log.back(2), 10);
  EXPECT_EQ(log.back(3), 0);
  log.advance(35);
  EXPECT_EQ(log.back(0), 35);
}

TEST_F(LogTest, ReadsAllTopics) {
  publish(1, "channels/x");
  update(2, "t1");
  std::vector<Sequence> sequences;
  const auto read = log.read_all(0, [&](const TestLog::Entry& entry) {
    if (sequences.size() == 1) return false;
    sequences.push_back(entry.sequence);
    return true;
  });
  EXPECT_EQ(sequences, (std::vector<Sequence>{1}));
  EXPECT_EQ(read.through, 1);
}

TEST_F(LogTest, DropsUnusedTopicsButNotThoseThatAreHeld) {
  const auto held = log.topic("channels/held");
  for (int i = 0; i < 1000; ++i) (void)log.topic("channels/" + std::to_string(i));
  EXPECT_EQ(log.topic("channels/held"), held);
}

}  // namespace
}  // namespace taskwire
