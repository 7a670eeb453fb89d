#include <gtest/gtest.h>
#include <stdexcept>

#include "net/support.h"

namespace taskwire::edge {
namespace {

class ShardStreams : public ShardWithStreams {
 protected:
  /// Hands the shard `count` updates of `events` events, each when the last was taken.
  void feed(int count, int events, const std::string& data) { feed_next(0, count, events, data); }
  void feed_next(int done, int count, int events, const std::string& data) {
    taken = done;
    if (done == count) return;
    const auto next = update(Sequence{1} + done * events, Sequence{events} * (done + 1), data);
    shard->post(next, [=, this] { feed_next(done + 1, count, events, data); });
  }

  std::atomic<int> taken = 0;
};

TEST_F(ShardStreams, AreGivenEverythingBeforeTheHubEvictsIt) {
  config.hub_events = 2000;
  start();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(open());
  for (auto& client : clients) client->read();
  constexpr int kUpdates = 20;
  constexpr int kEvents = 450;  // more than a stream takes at one visit
  feed(kUpdates, kEvents, "x");
  for (auto& client : clients) {
    EXPECT_TRUE(test::eventually([&] { return client->messages == kUpdates * kEvents; })) << client->messages;
    EXPECT_EQ(client->gaps, 0) << "nothing was skipped";
  }
}

TEST_F(ShardStreams, ThatStallHoldNobodyUp) {
  config.hub_events = 2000;
  start();
  constexpr int kSmall = 4096;
  const auto stalled = open(kSmall);
  const auto healthy = open();
  healthy->read();
  feed(40, 450, std::string(1000, 'x'));
  EXPECT_TRUE(test::eventually([&] { return taken == 40; })) << taken;
  EXPECT_FALSE(healthy->has_ended);
}

TEST_F(ShardStreams, GoOnWhereAVisitOfOneMeetsAFault) {
  start();
  const auto first = open();
  const auto second = open();
  first->read();
  second->read();
  std::atomic<int> visits = 0;
  std::promise<void> done;
  on_shard([&] {
    const auto visit = [&](SseStream&) {
      if (++visits == 1) throw std::runtime_error("a fault of the test");
    };
    shard->walk(visit, [&] { done.set_value(); });
    return true;
  });
  ASSERT_EQ(done.get_future().wait_for(test::kPatience), std::future_status::ready);
  EXPECT_EQ(visits, 2);
  EXPECT_TRUE(test::eventually([&] { return first->has_ended.load(); })) << "what met the fault is closed";
  EXPECT_FALSE(second->has_ended);
  EXPECT_EQ(on_shard([&] { return shard->streams().size(); }), 1U);
  std::promise<void> ended;
  shard->end_streams([&] { ended.set_value(); });
  EXPECT_EQ(ended.get_future().wait_for(test::kPatience), std::future_status::ready);
  EXPECT_TRUE(test::eventually([&] { return second->has_ended.load(); }));
}

}  // namespace
}  // namespace taskwire::edge
