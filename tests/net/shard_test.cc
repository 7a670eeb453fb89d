#include "net/shard.h"

#include <boost/asio/post.hpp>
#include <future>
#include <gtest/gtest.h>
#include <stdexcept>

#include "hub/events.h"
#include "support/deadline.h"

namespace taskwire::edge {
namespace {

/// A shard whose engine nobody asks.
class ShardTest : public testing::Test {
 protected:
  ShardTest() {
    config.hub_events = 100;
    shard = std::make_unique<Shard>(config, pages, engine);
  }
  ~ShardTest() override {
    shard->stop();
    engine.shutdown();
  }

  struct Reader : Hub::Subscriber {
    std::vector<std::string>& happened;
    explicit Reader(std::vector<std::string>& log) : happened(log) {}
    void on_news() override { happened.emplace_back("visit"); }
  };

  UpdatePtr update(Sequence from, Sequence to) {
    auto made = std::make_shared<Update>();
    if (from == 1) made->start = Cursor{"e", 0};
    for (Sequence s = from; s <= to; ++s)
      made->events.push_back(make_event(published("e", s, "channels/x"), WithId::yes));
    made->through = to;
    return made;
  }
  void post(const UpdatePtr& made, const std::string& name) {
    shard->post(made, [this, name] { happened.push_back("taken " + name); });
  }

  Config config;
  EngineChannel channel{"127.0.0.1:1"};
  EngineClient engine{channel, 256};
  Pages pages{engine};
  std::vector<std::string> happened;
  std::unique_ptr<Shard> shard;
};

TEST_F(ShardTest, TakesNoMoreThanItCanDeliverBeforeTheHubEvictsIt) {
  Reader reader(happened);
  const std::array topics = {std::string("channels/x")};
  shard->hub().subscribe(reader, topics);
  // All three are there before the first slice.
  post(update(1, 10), "few");
  post(update(11, 40), "a part of the hub");
  post(update(41, 70), "more");
  boost::asio::post(shard->io(), [&] { happened.emplace_back("slice"); });
  shard->run();
  const auto delivered = [&] {
    std::promise<bool> answer;
    boost::asio::post(shard->io(), [&] { answer.set_value(happened.size() >= 5); });
    return answer.get_future().get();
  };
  EXPECT_TRUE(test::eventually(delivered));
  shard->stop();
  EXPECT_EQ(happened,
            (std::vector<std::string>{"taken few", "taken a part of the hub", "slice", "visit", "taken more"}));
  shard->hub().unsubscribe(reader);
}

TEST_F(ShardTest, GoesOnWhenOneOfManyMeetsAFault) {
  struct Faulty : Hub::Subscriber {
    int visits = 0;
    void on_news() override {
      if (++visits == 1) throw std::runtime_error("a fault of the test");
    }
  };
  Faulty faulty;
  Reader reader(happened);
  const std::array topics = {std::string("channels/x")};
  shard->hub().subscribe(faulty, topics);
  shard->hub().subscribe(reader, topics);
  shard->run();
  boost::asio::post(shard->io(), [] { throw std::runtime_error("another"); });
  const auto count = [&] {
    std::promise<std::size_t> answer;
    boost::asio::post(shard->io(), [&] { answer.set_value(happened.size()); });
    return answer.get_future().get();
  };
  post(update(1, 10), "few");
  EXPECT_TRUE(test::eventually([&] { return count() == 2; })) << "taken, and visited";
  post(update(11, 20), "more");
  EXPECT_TRUE(test::eventually([&] { return count() == 4; }));
  shard->stop();
  EXPECT_EQ(faulty.visits, 2);
  shard->hub().unsubscribe(faulty);
  shard->hub().unsubscribe(reader);
}

}  // namespace
}  // namespace taskwire::edge
