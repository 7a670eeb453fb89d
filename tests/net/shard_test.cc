#include "net/shard.h"

#include <boost/asio/post.hpp>
#include <future>
#include <gtest/gtest.h>

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
  EngineClient engine{channel};
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

}  // namespace
}  // namespace taskwire::edge
