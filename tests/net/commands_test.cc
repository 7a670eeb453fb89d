#include "net/commands.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <string>
#include <thread>

#include "net/fake_engine.h"
#include "support/deadline.h"

namespace taskwire::edge {
namespace {

class CommandsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(channel.now()->channel->WaitForConnected(std::chrono::system_clock::now() + test::kPatience));
  }
  ~CommandsTest() override {
    commands.shutdown();
    calls.shutdown();
  }
  template <class T>
  static T wait(boost::asio::awaitable<T> awaitable) {
    boost::asio::io_context io;
    auto result = boost::asio::co_spawn(io, std::move(awaitable), boost::asio::use_future);
    io.run();
    return result.get();
  }
  static v1::StartTaskRequest start(std::size_t bytes = 1) {
    v1::StartTaskRequest request;
    request.set_name(std::string(bytes, 'x'));
    return request;
  }
  static v1::ReportRequest report(std::size_t bytes = 1) {
    v1::ReportRequest request;
    request.add_output()->set_text(std::string(bytes, 'x'));
    return request;
  }

  FakeEngine engine;
  EngineChannel channel{engine.address()};
  EngineClient calls{channel, 256};
  Commands commands{channel, calls};
};

TEST_F(CommandsTest, GivesEachItsOwnAnswer) {
  EXPECT_EQ(wait(commands.start_task(start()))->task().task_id(), "k3v7qm2xw5ta");
  v1::CancelTaskRequest cancel;
  cancel.set_task_id("k3v7qm2xw5ta");
  EXPECT_EQ(wait(commands.cancel_task(cancel))->task().worker(), "host-1");
  EXPECT_TRUE(wait(commands.report(report()))->cancel_requested());
  EXPECT_EQ(engine.last<v1::CancelTaskRequest>().task_id(), "k3v7qm2xw5ta");
  EXPECT_EQ(engine.grouped(), 3U);
  engine.refuse(grpc::FAILED_PRECONDITION, "LEASE_LOST: it is another's");
  EXPECT_EQ(wait(commands.report(report())).error().reason, Reason::lease_lost);
}

TEST_F(CommandsTest, SendsWhatIsLargeByItself) {
  EXPECT_TRUE(wait(commands.start_task(start(Commands::kMostBytes))));
  EXPECT_TRUE(wait(commands.report(report(Commands::kMostBytes))));
  EXPECT_EQ(engine.grouped(), 0U);
  EXPECT_EQ(engine.last<v1::ReportRequest>().output(0).text().size(), Commands::kMostBytes);
}

TEST_F(CommandsTest, LetsNoKindWaitForAnother) {
  std::thread publisher([&] { EXPECT_EQ(wait(commands.publish(v1::PublishRequest())), "e-1"); });
  EXPECT_TRUE(test::eventually([&] { return engine.groups().size() == 1; }));
  EXPECT_TRUE(wait(commands.report(report())));
  EXPECT_TRUE(wait(commands.start_task(start())));
  v1::ExecuteResponse response;
  response.add_outcomes()->set_cursor("e-1");
  engine.answer_group(response);
  publisher.join();
}

}  // namespace
}  // namespace taskwire::edge
