#include "log/waiters.h"

#include <gtest/gtest.h>
#include <map>
#include <string>

namespace taskwire::engine {
namespace {

struct Sleeper : Waiter {
  void wake() override {}
};

class WaitersTest : public testing::Test {
 protected:
  /// One who has seen everything up to `seen` of these topics; none: of all.
  std::shared_ptr<Waiter> park(const std::vector<std::string>& names, Sequence seen) {
    Selection selection{names.empty(), {}};
    for (const auto& topic : names) selection.topics.push_back(topic_of(topic));
    auto waiter = std::make_shared<Sleeper>();
    waiters.add(std::move(selection), seen, waiter);
    return waiter;
  }
  void append(const std::string& topic, Sequence sequence) { waiters.note(*topic_of(topic), sequence); }
  std::vector<std::shared_ptr<Waiter>> due(Sequence base, Sequence head) {
    std::vector<std::shared_ptr<Waiter>> found;
    for (const auto& waiter : waiters.take_due(base, head)) found.push_back(waiter.lock());
    return found;
  }
  const Log<EventPtr>::TopicRef& topic_of(const std::string& name) {
    auto& topic = topics[name];
    if (!topic) topic = log.topic(name);
    return topic;
  }

  Log<EventPtr> log{{}};
  std::map<std::string, Log<EventPtr>::TopicRef> topics;
  Waiters waiters;
};

using Due = std::vector<std::shared_ptr<Waiter>>;

TEST_F(WaitersTest, AreDueWhereSomethingOfTheirTopicsWasAppended) {
  const auto x = park({"x"}, 10);
  const auto y = park({"y", "z"}, 10);
  append("x", 11);
  EXPECT_EQ(due(0, 11), (Due{x}));
  append("z", 12);
  append("x", 13);
  EXPECT_EQ(due(0, 13), (Due{y})) << "who is woken waits no more";
}

TEST_F(WaitersTest, AreDueOnceThoughAllTheirTopicsHaveNews) {
  const auto both = park({"x", "y"}, 10);
  append("x", 11);
  append("y", 12);
  EXPECT_EQ(due(0, 12), (Due{both}));
  EXPECT_EQ(due(0, 12), (Due{}));
}

TEST_F(WaitersTest, AreDueOfEveryTopic) {
  const auto all = park({}, 10);
  EXPECT_EQ(due(0, 10), (Due{}));
  append("x", 11);
  EXPECT_EQ(due(0, 11), (Due{all}));
}

TEST_F(WaitersTest, AreNotDueForWhatTheyHaveSeen) {
  const auto ahead = park({"x"}, 20);
  append("x", 11);
  EXPECT_EQ(due(0, 11), (Due{}));
  append("x", 21);
  EXPECT_EQ(due(0, 21), (Due{ahead}));
}

TEST_F(WaitersTest, AreDueBeforeTheLogLeavesThemBehind) {
  const auto older = park({"quiet"}, 10);
  const auto newer = park({"quiet"}, 12);
  EXPECT_EQ(due(0, 20), (Due{})) << "half of it is still as far as they are";
  EXPECT_EQ(due(0, 21), (Due{older}));
  EXPECT_EQ(due(30, 40), (Due{newer})) << "also where it has left them behind";
}

TEST_F(WaitersTest, GoWithoutATrace) {
  for (int i = 0; i < 1000; ++i) park({"x", "y"}, 10);
  append("x", 11);
  EXPECT_LE(waiters.take_due(0, 11).size(), 200U) << "those who have gone were taken out on the way";
}

}  // namespace
}  // namespace taskwire::engine
