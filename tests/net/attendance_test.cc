#include "net/attendance.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <set>

#include "support/deadline.h"

namespace taskwire::edge {
namespace {

/// Two shards whose engine nobody asks.
class AttendanceTest : public testing::Test {
 protected:
  AttendanceTest() {
    for (int i = 0; i < 2; ++i) shards.push_back(std::make_unique<Shard>(config, pages, engine));
  }
  ~AttendanceTest() override { engine.shutdown(); }

  void ask() {
    attendance.ask(io.get_executor(), [this](Result<Attendance::Text> text) { answers.push_back(std::move(text)); });
  }
  bool wait_for(std::size_t count) {
    return test::eventually([&] {
      io.restart();
      io.run_for(std::chrono::milliseconds(1));
      return answers.size() == count;
    });
  }

  Config config;
  EngineChannel channel{"127.0.0.1:1"};
  EngineClient engine{channel, 256};
  Pages pages{engine};
  boost::asio::io_context io;
  std::vector<std::unique_ptr<Shard>> shards;
  Attendance attendance{shards};
  std::vector<Result<Attendance::Text>> answers;
};

TEST_F(AttendanceTest, IsListedOnceForAllWhoAskMeanwhile) {
  for (std::size_t i = 0; i < Attendance::kMostWaiting; ++i) ask();
  ask();
  ASSERT_TRUE(wait_for(1)) << "one too many";
  ASSERT_FALSE(answers.front());
  EXPECT_EQ(answers.front().error().reason, Reason::too_many_reads);
  for (const auto& shard : shards) shard->run();
  ASSERT_TRUE(wait_for(1 + Attendance::kMostWaiting));
  std::set<Attendance::Text> texts;
  for (std::size_t i = 1; i < answers.size(); ++i) texts.insert(answers[i].value_or(nullptr));
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(**texts.begin(), R"({"sessions":[]})");
  ask();
  ASSERT_TRUE(wait_for(2 + Attendance::kMostWaiting));
  EXPECT_EQ(texts.count(answers.back().value_or(nullptr)), 0U) << "a listing that began after it was asked for";
  attendance.stop();
  ask();
  ASSERT_TRUE(wait_for(3 + Attendance::kMostWaiting));
  EXPECT_EQ(answers.back().error().reason, Reason::shutting_down);
  for (const auto& shard : shards) shard->stop();
}

TEST_F(AttendanceTest, IsWaitedForWhereItIsUnderWay) {
  for (const auto& shard : shards) shard->run();
  for (int i = 0; i < 100; ++i) ask();
  attendance.stop();
  for (const auto& shard : shards) shard->stop();
  shards.clear();
  EXPECT_TRUE(wait_for(100)) << "nobody's answer is lost, or left behind in a shard";
}

}  // namespace
}  // namespace taskwire::edge
