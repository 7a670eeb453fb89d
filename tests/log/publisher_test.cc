#include "log/publisher.h"

#include <gtest/gtest.h>

#include "engine/support/test_log.h"
#include "store/sqlite.h"
#include "taskwire/v1/command_service.pb.h"

namespace taskwire::engine {
namespace {

class PublisherTest : public testing::Test {
 protected:
  static v1::PublishRequest request(const std::string& topic = "channels/news", const std::string& data = "hello") {
    v1::PublishRequest request;
    request.set_topic(topic);
    request.set_data(data);
    return request;
  }
  static std::vector<std::string> cursors_of(const PublishBatchAnswer& appended) {
    v1::PublishBatchResponse response;
    EXPECT_TRUE(response.ParseFromString(appended.bytes()));
    return {response.cursors().begin(), response.cursors().end()};
  }
  std::string publish(const v1::PublishRequest& request) {
    std::string answer;
    publisher.publish(request, [&](const Result<v1::PublishResponse>& response) {
      answer = response ? std::to_string(parse_cursor(response->cursor())->sequence) : response.error().name();
    });
    log.log->commit_waiting();
    return answer;
  }
  std::string publish(const v1::PublishBatchRequest& request) {
    std::string answer;
    publisher.publish_batch(request, [&](const Result<PublishBatchAnswer>& appended) {
      if (!appended) {
        answer = appended.error().name();
        return;
      }
      for (const auto& cursor : cursors_of(*appended)) answer += std::to_string(parse_cursor(cursor)->sequence) + " ";
    });
    log.log->commit_waiting();
    return answer;
  }
  /// What became of each: its first sequence, or the reason; or why the group was none.
  std::string publish(const v1::ExecuteRequest& group) {
    std::vector<AnyPublishRequest> requests;
    for (const auto& command : group.commands())
      command.has_publish_batch() ? requests.emplace_back(&command.publish_batch())
                                  : requests.emplace_back(&command.publish());
    std::string answer;
    publisher.publish_group(requests, [&](const Result<std::vector<Result<Appended>>>& outcomes) {
      if (!outcomes) answer = outcomes.error().name();
      if (!outcomes) return;
      for (const auto& outcome : *outcomes)
        answer += (outcome ? std::to_string(outcome->first.sequence) : outcome.error().name()) + " ";
    });
    log.log->commit_waiting();
    return answer;
  }
  static v1::PublishBatchRequest batch_of(int events) {
    v1::PublishBatchRequest batch;
    for (int i = 0; i < events; ++i) *batch.add_events() = request();
    return batch;
  }
  Sequence head() { return log.log->tail().head(); }

  TestLog log;
  Publisher publisher{*log.log};
};

TEST_F(PublisherTest, AppendsWhatItIsGiven) {
  auto full = request();
  full.set_type("news");
  full.set_retry_ms(5000);
  EXPECT_EQ(publish(full), "1");
  EXPECT_EQ(publish(request("messages/alice", "")), "2");
  const auto page = log.log->tail().read(log.log->tail().select({}), 0);
  EXPECT_EQ(page->events[0]->parse().topic(), "channels/news");
  EXPECT_EQ(page->events[0]->parse().type(), "news");
  EXPECT_EQ(page->events[0]->parse().data(), "hello");
  EXPECT_EQ(page->events[0]->parse().retry_ms(), 5000);
  EXPECT_TRUE(page->events[0]->parse().has_time());
  EXPECT_EQ(page->events[1]->parse().payload_case(), v1::Event::kData);
}

TEST_F(PublisherTest, RefusesWhatIsNoTopic) {
  for (const auto* const topic : {"", "news", "channels/", "channels/a b", "other/x"})
    EXPECT_EQ(publish(request(topic)), "INVALID_TOPIC") << topic;
}

TEST_F(PublisherTest, RefusesTopicsThatTheEngineAloneWrites) {
  for (const auto* const topic : {"tasks/alice", "channels/host", "channels/heart-rate"})
    EXPECT_EQ(publish(request(topic)), "TOPIC_READ_ONLY") << topic;
}

TEST_F(PublisherTest, RefusesTypesThatItSendsItself) {
  for (const auto* const type : {"taskUpdate", "reset", "1x", "a b"}) {
    auto wrong = request();
    wrong.set_type(type);
    EXPECT_EQ(publish(wrong), "INVALID_EVENT_TYPE") << type;
  }
}

TEST_F(PublisherTest, RefusesDataThatNoStreamCanCarry) {
  EXPECT_EQ(publish(request("channels/x", "\xff")), "INVALID_DATA");
  EXPECT_EQ(publish(request("channels/x", std::string("a\0b", 3))), "INVALID_DATA");
  EXPECT_EQ(publish(request("channels/x", std::string(61440, 'x'))), "1");
  EXPECT_EQ(publish(request("channels/x", std::string(61441, 'x'))), "PAYLOAD_TOO_LARGE");
}

TEST_F(PublisherTest, RefusesARetryOutOfBounds) {
  for (const int retry : {-1, 99, 3'600'001}) {
    auto wrong = request();
    wrong.set_retry_ms(retry);
    EXPECT_EQ(publish(wrong), "INVALID_RETRY") << retry;
  }
}

TEST_F(PublisherTest, TakesOnlyPulsesOnTheirChannel) {
  EXPECT_EQ(publish(request("channels/pulse", R"({"bpm":72,"userId":"alice"})")), "INVALID_EVENT_TYPE");
  auto pulse = request("channels/pulse", R"({"bpm":72,"userId":"alice"})");
  pulse.set_type("pulse");
  EXPECT_EQ(publish(pulse), "1");
  pulse.set_data("72");
  EXPECT_EQ(publish(pulse), "INVALID_DATA");
}

TEST_F(PublisherTest, AppendsARepeatedRequestOnce) {
  auto keyed = request();
  keyed.set_request_id("key");
  EXPECT_EQ(publish(keyed), "1");
  EXPECT_EQ(publish(keyed), "1");
  EXPECT_EQ(head(), 1);
  log.restart();
  Publisher again(*log.log);
  std::string cursor;
  again.publish(keyed, [&](const Result<v1::PublishResponse>& response) { cursor = response->cursor(); });
  log.log->commit_waiting();
  EXPECT_EQ(cursor, log.cursor(1));
}

TEST_F(PublisherTest, RefusesARequestIdThatCameWithAnotherRequest) {
  auto keyed = request();
  keyed.set_request_id("key");
  publish(keyed);
  keyed.set_data("other");
  EXPECT_EQ(publish(keyed), "IDEMPOTENCY_KEY_REUSED");
  keyed.set_topic("channels/elsewhere");
  EXPECT_EQ(publish(keyed), "2") << "each topic has keys of its own";
  keyed.set_request_id("a b");
  EXPECT_EQ(publish(keyed), "INVALID_REQUEST_ID");
}

TEST_F(PublisherTest, AppendsABatchInOrder) {
  v1::PublishBatchRequest batch;
  for (int i = 0; i < 3; ++i) *batch.add_events() = request();
  batch.set_request_id("key");
  EXPECT_EQ(publish(batch), "1 2 3 ");
  EXPECT_EQ(publish(batch), "1 2 3 ");
  EXPECT_EQ(head(), 3);
  auto single = request();
  single.set_request_id("key");
  EXPECT_EQ(publish(single), "IDEMPOTENCY_KEY_REUSED");
}

TEST_F(PublisherTest, AppendsNothingOfABatchWithAMistake) {
  v1::PublishBatchRequest batch;
  *batch.add_events() = request();
  *batch.add_events() = request("tasks/alice");
  EXPECT_EQ(publish(batch), "TOPIC_READ_ONLY");
  batch.mutable_events(1)->set_topic("channels/x");
  batch.mutable_events(1)->set_request_id("key");
  EXPECT_EQ(publish(batch), "INVALID_REQUEST_ID");
  EXPECT_EQ(head(), 0);
}

TEST_F(PublisherTest, RefusesABatchThatIsEmptyOrTooLarge) {
  v1::PublishBatchRequest batch;
  EXPECT_EQ(publish(batch), "INVALID_BATCH");
  for (int i = 0; i <= 1000; ++i) *batch.add_events() = request();
  EXPECT_EQ(publish(batch), "INVALID_BATCH");
  batch.mutable_events()->RemoveLast();
  EXPECT_NE(publish(batch), "INVALID_BATCH");
  batch.Clear();
  for (int i = 0; i < 33; ++i) *batch.add_events() = request("channels/x", std::string(65'000, 'x'));
  EXPECT_EQ(publish(batch), "INVALID_BATCH");
}

TEST_F(PublisherTest, AppendsAGroupWithEachPublicationForItself) {
  auto keyed = request();
  keyed.set_request_id("key");
  v1::ExecuteRequest group;
  *group.add_commands()->mutable_publish() = request();
  *group.add_commands()->mutable_publish() = request("tasks/alice");
  *group.add_commands()->mutable_publish_batch() = batch_of(3);
  *group.add_commands()->mutable_publish_batch() = batch_of(2);
  group.mutable_commands(3)->mutable_publish_batch()->mutable_events(1)->set_topic("x");
  *group.add_commands()->mutable_publish_batch() = batch_of(0);
  *group.add_commands()->mutable_publish() = keyed;
  *group.add_commands()->mutable_publish() = keyed;
  group.add_commands();
  EXPECT_EQ(publish(group), "1 TOPIC_READ_ONLY 2 INVALID_TOPIC INVALID_BATCH 5 5 INVALID_TOPIC ");
  EXPECT_EQ(head(), 5);
  EXPECT_EQ(publish(keyed), "5") << "as it would be by itself";
  EXPECT_EQ(publish(request()), "6");
}

TEST_F(PublisherTest, TakesGroupsUpToTheirBounds) {
  v1::ExecuteRequest group;
  EXPECT_EQ(publish(group), "INVALID_BATCH");
  *group.add_commands()->mutable_publish_batch() = batch_of(999);
  *group.add_commands()->mutable_publish() = request();
  EXPECT_EQ(publish(group), "1 1000 ");
  *group.add_commands()->mutable_publish() = request();
  EXPECT_EQ(publish(group), "INVALID_BATCH");
  group.clear_commands();
  *group.add_commands()->mutable_publish_batch() = batch_of(0);
  for (int i = 0; i < 1000; ++i) *group.add_commands()->mutable_publish() = request();
  EXPECT_EQ(publish(group), "INVALID_BATCH");
  group.clear_commands();
  for (int i = 0; i < 2; ++i)
    *group.add_commands()->mutable_publish() = request("channels/x", std::string(std::size_t{1} << 20, 'x'));
  EXPECT_EQ(publish(group), "PAYLOAD_TOO_LARGE PAYLOAD_TOO_LARGE ");
  group.mutable_commands(0)->mutable_publish()->mutable_data()->push_back('x');
  EXPECT_EQ(publish(group), "INVALID_BATCH");
  EXPECT_EQ(head(), 1000);
}

TEST_F(PublisherTest, RefusesEachOfAGroupThatFails) {
  v1::ExecuteRequest group;
  *group.add_commands()->mutable_publish() = request();
  *group.add_commands()->mutable_publish() = request();
  log.log->stop();
  EXPECT_EQ(publish(group), "SHUTTING_DOWN SHUTTING_DOWN ");
}

TEST_F(PublisherTest, RefusesOnlyWhatIsDamagedOfAGroup) {
  auto keyed = request();
  keyed.set_request_id("key");
  EXPECT_EQ(publish(keyed), "1");
  (*sqlite::Database::open(log.dir / "taskwire.db", sqlite::Database::Access::read_write))
      ->script("UPDATE idempotency SET answer = x'ff'");
  v1::ExecuteRequest group;
  for (const auto& one : {request(), keyed, request()}) *group.add_commands()->mutable_publish() = one;
  EXPECT_EQ(publish(group), "2 STORE_FAILED 3 ");
  EXPECT_EQ(head(), 3);
}

TEST_F(PublisherTest, AnswersARepeatWithTheNameThatTheLogHasByNow) {
  auto keyed = request();
  keyed.set_request_id("key");
  publish(keyed);
  v1::PublishBatchRequest batch;
  *batch.add_events() = request();
  *batch.add_events() = request();
  batch.set_request_id("keys");
  publish(batch);
  {
    const auto other = *sqlite::Database::open(log.dir / "taskwire.db", sqlite::Database::Access::read_write);
    other->script("UPDATE meta SET epoch = 'zzzz9999'");
    ASSERT_FALSE(other->failure());
  }
  log.restart();
  Publisher again(*log.log);
  std::vector<std::string> cursors;
  again.publish(keyed, [&](const Result<v1::PublishResponse>& response) {
    cursors.push_back(response ? response->cursor() : response.error().name());
  });
  again.publish_batch(batch, [&](const Result<PublishBatchAnswer>& appended) {
    for (const auto& cursor : cursors_of(*appended)) cursors.push_back(cursor);
  });
  log.log->commit_waiting();
  EXPECT_EQ(cursors, (std::vector<std::string>{"zzzz9999-1", "zzzz9999-2", "zzzz9999-3"}));
}

TEST_F(PublisherTest, KeepsLittleOfABatchThatMayBeRepeated) {
  v1::PublishBatchRequest batch;
  for (int i = 0; i < 1000; ++i) *batch.add_events() = request("channels/news", "");
  publish(batch);
  const auto plain = (*log.log->read())->bytes();
  batch.set_request_id("key");
  const auto first = publish(batch);
  EXPECT_LT((*log.log->read())->bytes() - 2 * plain, 1000);
  EXPECT_EQ(publish(batch), first);
}

TEST_F(PublisherTest, DoesNotAnswerWithWhatIsDamaged) {
  auto keyed = request();
  keyed.set_request_id("key");
  EXPECT_EQ(publish(keyed), "1");
  (*sqlite::Database::open(log.dir / "taskwire.db", sqlite::Database::Access::read_write))
      ->script("UPDATE idempotency SET answer = x'ff'");
  EXPECT_EQ(publish(keyed), "STORE_FAILED");
  EXPECT_EQ(head(), 1);
  EXPECT_EQ(publish(request()), "2") << "no other write is harmed";
}

TEST(PublishBatchAnswer, IsOnTheWireWhatTheMessageWouldBe) {
  for (const auto* const epoch : {"x", "abcdefghijklmnop"}) {
    for (const Sequence first : {1, 8, 95, 999'999'998}) {
      v1::PublishBatchResponse response;
      for (Sequence i = 0; i < 100; ++i) response.add_cursors(to_string(Cursor{epoch, first + i}));
      EXPECT_EQ((PublishBatchAnswer{{{epoch, first}, 100}}.bytes()), response.SerializeAsString());
    }
  }
}

}  // namespace
}  // namespace taskwire::engine
