#include "net/command_lane.h"

#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "net/fake_engine.h"
#include "resume/limits.h"
#include "support/deadline.h"

namespace taskwire::edge {
namespace {

using Topics = std::vector<std::vector<std::string>>;

class CommandLaneTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(way->WaitForConnected(std::chrono::system_clock::now() + test::kPatience)); }
  ~CommandLaneTest() override { lane.shutdown(); }

  void publish(const std::string& topic, std::size_t bytes = 1) {
    v1::Command command;
    command.mutable_publish()->set_topic(topic);
    command.mutable_publish()->set_data(std::string(bytes, 'x'));
    start(std::move(command), topic);
  }
  void publish_batch(const std::string& topic, int events) {
    v1::Command command;
    for (int i = 0; i < events; ++i) command.mutable_publish_batch()->add_events()->set_topic(topic);
    start(std::move(command), topic);
  }
  void start(v1::Command command, const std::string& name) {
    lane.carry_out(std::move(command), [this, name](const Result<v1::CommandOutcome>& outcome) {
      const std::scoped_lock lock(mutex);
      answers[name] += outcome ? shown(*outcome) : std::string(info(outcome.error().reason).name);
    });
  }
  static std::string shown(const v1::CommandOutcome& outcome) { return outcome.cursor(); }
  std::string answer(const std::string& topic) {
    (void)test::eventually([&] {
      const std::scoped_lock lock(mutex);
      return answers.contains(topic);
    });
    const std::scoped_lock lock(mutex);
    return answers.contains(topic) ? answers[topic] : "none";
  }
  bool is_answered(const std::string& topic) {
    const std::scoped_lock lock(mutex);
    return answers.contains(topic);
  }
  /// Has a group of one under way.
  void keep_busy() {
    publish("first");
    ASSERT_TRUE(test::eventually([&] { return engine.groups().size() == 1; }));
  }
  static v1::ExecuteResponse outcomes(const std::vector<std::string>& cursors) {
    v1::ExecuteResponse response;
    for (const auto& cursor : cursors) {
      auto& outcome = *response.add_outcomes();
      if (!cursor.empty()) outcome.set_cursor(cursor);
    }
    return response;
  }

  std::mutex mutex;
  std::map<std::string, std::string> answers;
  FakeEngine engine;
  EngineChannel channel{engine.address()};
  std::shared_ptr<grpc::Channel> way = channel.now()->channel;
  CommandLane lane{channel};
};

TEST_F(CommandLaneTest, SendsAtOnceAndThenWhatCameMeanwhile) {
  keep_busy();
  publish("a");
  publish_batch("b", 3);
  publish("c");
  EXPECT_EQ(engine.groups(), (Topics{{"first"}}));
  engine.answer_group(outcomes({"e-1"}));
  EXPECT_EQ(answer("first"), "e-1");
  auto refused = outcomes({"e-2", "", "e-5"});
  refused.mutable_outcomes(1)->set_code(grpc::PERMISSION_DENIED);
  refused.mutable_outcomes(1)->set_message("TOPIC_READ_ONLY: not there");
  engine.answer_group(refused);
  EXPECT_EQ(answer("a"), "e-2");
  EXPECT_EQ(answer("b"), "TOPIC_READ_ONLY");
  EXPECT_EQ(answer("c"), "e-5");
  EXPECT_EQ(engine.groups(), (Topics{{"first"}, {"a", "b", "c"}}));
}

TEST_F(CommandLaneTest, SendsNoMoreAtOnceThanAGroupMayHave) {
  keep_busy();
  publish_batch("a", 600);
  publish_batch("b", 400);
  publish("c", std::size_t{1} << 20);
  publish("d", std::size_t{1} << 20);
  publish("e", std::size_t{3} << 20);
  publish("f");
  for (const auto& cursors : {std::vector<std::string>{"e-1"}, {"e-2", "e-3"}, {"e-4"}, {"e-5"}, {"e-6"}, {"e-7"}})
    engine.answer_group(outcomes(cursors));
  EXPECT_EQ(answer("f"), "e-7");
  EXPECT_EQ(engine.groups(), (Topics{{"first"}, {"a", "b"}, {"c"}, {"d"}, {"e"}, {"f"}}));
}

TEST_F(CommandLaneTest, KnowsNoOutcomeOfWhatWasSentWhenTheCallEnds) {
  keep_busy();
  publish("a");
  engine.end_group(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""));
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
  engine.answer_group(outcomes({"e-2"}));
  EXPECT_EQ(answer("a"), "e-2") << "goes by another call";
}

TEST_F(CommandLaneTest, PassesOnWhyTheEngineEndedTheCall) {
  keep_busy();
  engine.end_group(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_CALLS: later"));
  EXPECT_EQ(answer("first"), "TOO_MANY_CALLS");
}

TEST_F(CommandLaneTest, TakesNoAnswerThatDoesNotFit) {
  keep_busy();
  engine.answer_group(outcomes({"e-1", "e-2"}));
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
}

TEST_F(CommandLaneTest, TakesOutcomesInSeveralMessages) {
  keep_busy();
  for (const auto* const topic : {"a", "b", "c"}) publish(topic);
  engine.answer_group(outcomes({"e-1"}));
  engine.answer_group(outcomes({"e-2", "e-3"}), FakeEngine::Then::says_more);
  EXPECT_EQ(answer("b"), "e-3");
  EXPECT_FALSE(is_answered("c"));
  engine.answer_group(outcomes({"e-4"}));
  EXPECT_EQ(answer("c"), "e-4");
  EXPECT_EQ(engine.groups(), (Topics{{"first"}, {"a", "b", "c"}}));
}

TEST_F(CommandLaneTest, BlamesNobodyForWhatAGroupIsRefusedFor) {
  keep_busy();
  engine.end_group(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "MALFORMED_MESSAGE: it is none"));
  EXPECT_EQ(answer("first"), "ENGINE_ERROR");
}

TEST_F(CommandLaneTest, KnowsNoOutcomeWhereTheAnswerCannotBeTaken) {
  keep_busy();
  engine.end_group(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "CLIENT: Received message larger than max"));
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
}

TEST_F(CommandLaneTest, TakesNoAnswerToSomethingElse) {
  keep_busy();
  v1::ExecuteResponse other;
  other.add_outcomes()->mutable_cancel_task();
  engine.answer_group(other);
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
}

TEST_F(CommandLaneTest, TakesNoAnswerWithoutAPlace) {
  keep_busy();
  engine.answer_group(outcomes({"somewhere"}));
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
}

TEST_F(CommandLaneTest, BeginsACallWithASmallGroup) {
  publish("first", CommandLane::kMostFirstBytes);
  ASSERT_TRUE(test::eventually([&] { return engine.groups().size() == 1; }));
  for (const auto* const topic : {"a", "b"}) publish(topic, CommandLane::kMostFirstBytes);
  engine.end_group(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""));
  engine.answer_group(outcomes({"e-1"}));
  engine.answer_group(outcomes({"e-2"}));
  EXPECT_EQ(answer("b"), "e-2");
  EXPECT_EQ(engine.groups(), (Topics{{"first"}, {"a"}, {"b"}}));
}

TEST_F(CommandLaneTest, EndsACallWhoseAnswerCannotBeRead) {
  keep_busy();
  engine.answer_group(outcomes({"\xff"}));  // no UTF-8
  EXPECT_TRUE(test::eventually([&] {
    lane.expire(CommandLane::Clock::now());
    return is_answered("first");
  })) << "long before the deadline of what is under way";
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
  publish("b");
  ASSERT_TRUE(test::eventually([&] { return engine.groups().size() == 2; }));
  engine.answer_group(outcomes({"e-2"}));
  EXPECT_EQ(answer("b"), "e-2");
}

TEST_F(CommandLaneTest, SendsSoManyStartsAndCancelsInAGroup) {
  keep_busy();
  v1::Command start_task, publication;
  start_task.mutable_start_task();
  publication.mutable_publish()->set_topic("a");
  for (int i = 0; i < kMostGroupTasks; ++i) start(start_task, std::to_string(i));
  start(publication, "a");
  start(start_task, "one more");
  engine.answer_group(outcomes({"e-1"}));
  ASSERT_TRUE(test::eventually([&] { return engine.groups().size() == 2; }));
  EXPECT_EQ(engine.grouped(), static_cast<std::size_t>(kMostGroupTasks) + 2) << "with the first, and without the last";
}

TEST_F(CommandLaneTest, SendsNothingWhereThereIsNoEngine) {
  engine.stop();
  ASSERT_TRUE(test::eventually([&] { return way->GetState(false) != GRPC_CHANNEL_READY; }));
  publish("a");
  EXPECT_TRUE(is_answered("a")) << "at once";
  EXPECT_EQ(answer("a"), "ENGINE_UNAVAILABLE");
}

TEST_F(CommandLaneTest, AnswersAllThatWaitTooLong) {
  const auto began = CommandLane::Clock::now();
  keep_busy();
  publish("a");
  lane.expire(began + CommandLane::kMostWait - std::chrono::milliseconds(1));
  EXPECT_FALSE(is_answered("first") || is_answered("a"));
  lane.expire(CommandLane::Clock::now() + CommandLane::kDeadline);
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
  EXPECT_EQ(answer("a"), "ENGINE_UNAVAILABLE") << "it was not sent";
  publish("b");
  ASSERT_TRUE(test::eventually([&] { return engine.groups().size() == 2; }));
  engine.answer_group(outcomes({"e-2"}));
  EXPECT_EQ(answer("b"), "e-2") << "by another call: the engine said nothing on the first";
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME") << "is not answered twice";
}

TEST_F(CommandLaneTest, BoundsWhatWaits) {
  keep_busy();
  const auto half = CommandLane::kMostWaitingBytes / 2;
  publish("a", half);
  publish("b", half);
  EXPECT_EQ(answer("b"), "TOO_MANY_CALLS");
  for (std::size_t i = 1; i < CommandLane::kMostWaiting; ++i) publish("many");
  EXPECT_FALSE(is_answered("many"));
  publish("one too many");
  EXPECT_EQ(answer("one too many"), "TOO_MANY_CALLS");
}

TEST_F(CommandLaneTest, AnswersAllWhenItEnds) {
  keep_busy();
  publish("a");
  lane.shutdown();
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
  EXPECT_EQ(answer("a"), "SHUTTING_DOWN");
  publish("b");
  EXPECT_EQ(answer("b"), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace taskwire::edge
