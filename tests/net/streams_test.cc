#include "net/streams.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "net/sse_stream.h"

namespace taskwire::edge {
namespace {

/// Streams that are only counted.
class StreamsTest : public testing::Test {
 protected:
  Streams::Number open() {
    const auto place = std::make_shared<char>();
    // Nobody looks into it.
    const std::shared_ptr<SseStream> stream(place, reinterpret_cast<SseStream*>(place.get()));  // NOLINT
    const auto number = streams.add(stream);
    numbers[stream.get()] = number;
    return number;
  }
  void close(Streams::Number number) { EXPECT_TRUE(streams.remove(number)); }
  /// The next of the walk; 0 at its end.
  Streams::Number next(Streams::Walk& walk) {
    const auto stream = streams.next(walk);
    return stream ? numbers.at(stream.get()) : 0;
  }

  Streams streams;
  std::map<SseStream*, Streams::Number> numbers;
};

TEST_F(StreamsTest, AreVisitedInOrderOfTheirOpening) {
  const auto a = open(), b = open(), c = open();
  close(b);
  EXPECT_EQ(streams.size(), 2U);
  Streams::Walk walk;
  EXPECT_EQ(next(walk), a);
  EXPECT_EQ(next(walk), c);
  EXPECT_EQ(next(walk), 0U);
  const auto d = open();
  EXPECT_EQ(next(walk), d) << "one that was opened meanwhile";
}

TEST_F(StreamsTest, AreVisitedOnceWhateverOpensAndClosesMeanwhile) {
  std::mt19937 random(1);
  std::set<Streams::Number> there;
  for (int i = 0; i < 500; ++i) there.insert(open());
  for (int walks = 0; walks < 20; ++walks) {
    const auto before = there;
    std::set<Streams::Number> visited, closed;
    Streams::Walk walk;
    Streams::Number last = 0;
    for (auto number = next(walk); number != 0; number = next(walk)) {
      EXPECT_GT(number, last);
      EXPECT_TRUE(there.contains(number));
      visited.insert(last = number);
      for (int i = 0; i < 2 && there.size() > 50; ++i) {  // the current one, too, and enough for a compaction
        auto victim = random() % 4 == 0 ? there.find(number) : there.lower_bound(random() % (*there.rbegin() + 1));
        if (victim == there.end()) continue;
        close(*victim);
        closed.insert(*victim);
        there.erase(victim);
      }
      if (random() % 2 == 0 && visited.size() < 1000) there.insert(open());
    }
    for (const auto number : before) EXPECT_TRUE(visited.contains(number) || closed.contains(number));
    EXPECT_EQ(streams.size(), there.size());
    while (there.size() < 500) there.insert(open());
  }
}

}  // namespace
}  // namespace taskwire::edge
