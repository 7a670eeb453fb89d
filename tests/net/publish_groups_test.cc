#include "net/publish_groups.h"

#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "net/fake_engine.h"
#include "support/deadline.h"

namespace taskwire::edge {
namespace {

using Topics = std::vector<std::vector<std::string>>;

class PublishGroupsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(way->WaitForConnected(std::chrono::system_clock::now() + test::kPatience)); }
  ~PublishGroupsTest() override { publications.shutdown(); }

  void publish(const std::string& topic, std::size_t bytes = 1) {
    v1::Publication publication;
    publication.mutable_event()->set_topic(topic);
    publication.mutable_event()->set_data(std::string(bytes, 'x'));
    start(std::move(publication), topic);
  }
  void publish_batch(const std::string& topic, int events) {
    v1::Publication publication;
    for (int i = 0; i < events; ++i) publication.mutable_batch()->add_events()->set_topic(topic);
    start(std::move(publication), topic);
  }
  void start(v1::Publication publication, const std::string& topic) {
    publications.publish(std::move(publication), [this, topic](const Result<std::string>& first) {
      const std::scoped_lock lock(mutex);
      answers[topic] += first ? *first : std::string(info(first.error().reason).name);
    });
  }
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
  static v1::PublishGroupsResponse outcomes(const std::vector<std::string>& cursors) {
    v1::PublishGroupsResponse response;
    for (const auto& cursor : cursors) response.add_outcomes()->set_cursor(cursor);
    return response;
  }

  std::mutex mutex;
  std::map<std::string, std::string> answers;
  FakeEngine engine;
  EngineChannel channel{engine.address()};
  std::shared_ptr<grpc::Channel> way = channel.now()->channel;
  PublishGroups publications{channel};
};

TEST_F(PublishGroupsTest, SendsAtOnceAndThenWhatCameMeanwhile) {
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

TEST_F(PublishGroupsTest, SendsNoMoreAtOnceThanAGroupMayHave) {
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

TEST_F(PublishGroupsTest, KnowsNoOutcomeOfWhatWasSentWhenTheCallEnds) {
  keep_busy();
  publish("a");
  engine.end_group(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""));
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
  engine.answer_group(outcomes({"e-2"}));
  EXPECT_EQ(answer("a"), "e-2") << "goes by another call";
}

TEST_F(PublishGroupsTest, PassesOnWhyTheEngineEndedTheCall) {
  keep_busy();
  engine.end_group(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_CALLS: later"));
  EXPECT_EQ(answer("first"), "TOO_MANY_CALLS");
}

TEST_F(PublishGroupsTest, TakesNoAnswerThatDoesNotFit) {
  keep_busy();
  engine.answer_group(outcomes({"e-1", "e-2"}));
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
}

TEST_F(PublishGroupsTest, TakesNoAnswerWithoutAPlace) {
  keep_busy();
  engine.answer_group(outcomes({"somewhere"}));
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
}

TEST_F(PublishGroupsTest, BeginsACallWithASmallGroup) {
  publish("first", PublishGroups::kMostFirstBytes);
  ASSERT_TRUE(test::eventually([&] { return engine.groups().size() == 1; }));
  for (const auto* const topic : {"a", "b"}) publish(topic, PublishGroups::kMostFirstBytes);
  engine.end_group(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""));
  engine.answer_group(outcomes({"e-1"}));
  engine.answer_group(outcomes({"e-2"}));
  EXPECT_EQ(answer("b"), "e-2");
  EXPECT_EQ(engine.groups(), (Topics{{"first"}, {"a"}, {"b"}}));
}

TEST_F(PublishGroupsTest, SendsNothingWhereThereIsNoEngine) {
  engine.stop();
  ASSERT_TRUE(test::eventually([&] { return way->GetState(false) != GRPC_CHANNEL_READY; }));
  publish("a");
  EXPECT_TRUE(is_answered("a")) << "at once";
  EXPECT_EQ(answer("a"), "ENGINE_UNAVAILABLE");
}

TEST_F(PublishGroupsTest, AnswersAllThatWaitTooLong) {
  const auto began = PublishGroups::Clock::now();
  keep_busy();
  publish("a");
  publications.expire(began + PublishGroups::kMostWait - std::chrono::milliseconds(1));
  EXPECT_FALSE(is_answered("first") || is_answered("a"));
  publications.expire(PublishGroups::Clock::now() + PublishGroups::kDeadline);
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
  EXPECT_EQ(answer("a"), "ENGINE_UNAVAILABLE") << "it was not sent";
  publish("b");
  engine.answer_group(outcomes({"e-1"}));
  engine.answer_group(outcomes({"e-2"}));
  EXPECT_EQ(answer("b"), "e-2");
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME") << "is not answered twice";
}

TEST_F(PublishGroupsTest, BoundsWhatWaits) {
  keep_busy();
  const auto half = PublishGroups::kMostWaitingBytes / 2;
  publish("a", half);
  publish("b", half);
  EXPECT_EQ(answer("b"), "TOO_MANY_CALLS");
  for (std::size_t i = 1; i < PublishGroups::kMostWaiting; ++i) publish("many");
  EXPECT_FALSE(is_answered("many"));
  publish("one too many");
  EXPECT_EQ(answer("one too many"), "TOO_MANY_CALLS");
}

TEST_F(PublishGroupsTest, AnswersAllWhenItEnds) {
  keep_busy();
  publish("a");
  publications.shutdown();
  EXPECT_EQ(answer("first"), "UNKNOWN_OUTCOME");
  EXPECT_EQ(answer("a"), "SHUTTING_DOWN");
  publish("b");
  EXPECT_EQ(answer("b"), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace taskwire::edge
