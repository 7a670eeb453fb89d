#include <gtest/gtest.h>
#include <limits>

#include "rpc/support.h"

namespace taskwire::rpc {
namespace {

class EventServiceTest : public ServerTest {
 protected:
  using Stub = v1::EventService::Stub;

  std::string publish_status(const v1::PublishRequest& request) {
    v1::PublishResponse response;
    return shown(call(*events, &Stub::Publish, request, &response));
  }
  std::string batch_status(const v1::PublishBatchRequest& batch, v1::PublishBatchResponse* response = nullptr) {
    v1::PublishBatchResponse ignored;
    return shown(call(*events, &Stub::PublishBatch, batch, response == nullptr ? &ignored : response));
  }
  v1::ReadEventsResponse read(const v1::ReadEventsRequest& request = {}) {
    v1::ReadEventsResponse page;
    EXPECT_TRUE(call(*events, &Stub::ReadEvents, request, &page).ok());
    return page;
  }
  static v1::PublishBatchRequest batch_of(int events, const std::string& data = "x") {
    v1::PublishBatchRequest batch;
    for (int i = 0; i < events; ++i) {
      *batch.add_events() = to("channels/x");
      batch.mutable_events(i)->set_data(data);
    }
    return batch;
  }
  /// The cursor before everything.
  std::string first_place() { return to_string(Cursor{engine->log().epoch(), 0}); }
  static v1::PublishRequest to(const std::string& topic) {
    v1::PublishRequest request;
    request.set_topic(topic);
    return request;
  }
};

TEST_F(EventServiceTest, AppendsAndReadsBack) {
  const auto first = publish("channels/x", "one");
  v1::PublishBatchRequest batch;
  for (const auto* const data : {"two", "three"}) {
    *batch.add_events() = to("channels/x");
    batch.mutable_events()->rbegin()->set_data(data);
  }
  v1::PublishBatchResponse appended;
  ASSERT_TRUE(call(*events, &Stub::PublishBatch, batch, &appended).ok());
  v1::ReadEventsRequest request;
  request.add_topics("channels/x");
  v1::ReadEventsResponse page;
  ASSERT_TRUE(call(*events, &Stub::ReadEvents, request, &page).ok());
  ASSERT_EQ(page.events_size(), 3);
  EXPECT_EQ(page.events(0).cursor(), first);
  EXPECT_EQ(page.events(2).cursor(), appended.cursors(1));
  EXPECT_EQ(page.events(2).data(), "three");
}

TEST_F(EventServiceTest, AppendsAllThatAnEventHas) {
  auto full = to("messages/alice");
  full.set_type("greeting");
  full.set_data("hello\nthere");
  full.set_retry_ms(5000);
  EXPECT_EQ(publish_status(full), "OK");
  const auto event = read().events(0);
  EXPECT_EQ(event.topic(), "messages/alice");
  EXPECT_EQ(event.type(), "greeting");
  EXPECT_EQ(event.data(), "hello\nthere");
  EXPECT_EQ(event.retry_ms(), 5000);
  EXPECT_GT(event.time().seconds(), 0);
  EXPECT_EQ(event.cursor(), read().head());
}

TEST_F(EventServiceTest, RefusesMoreReadsThanMayWait) {
  publish("channels/x");
  stop();
  reads.waiting = 0;
  start();
  v1::ReadEventsResponse response;
  EXPECT_EQ(shown(call(*events, &Stub::ReadEvents, v1::ReadEventsRequest{}, &response)),
            "RESOURCE_EXHAUSTED TOO_MANY_READS");
}

TEST_F(EventServiceTest, ReadsLatestUpToALagThatIsNoLarger) {
  publish("channels/x");
  v1::ReadEventsRequest request;
  request.set_max_lag(std::numeric_limits<std::int64_t>::max());
  v1::ReadEventsResponse response;
  EXPECT_EQ(shown(call(*events, &Stub::ReadEvents, request, &response)), "OK");
  EXPECT_EQ(response.events_size(), 1);
}

TEST_F(EventServiceTest, AppendsARepeatedRequestOnce) {
  auto keyed = to("channels/x");
  keyed.set_request_id("key");
  EXPECT_EQ(publish_status(keyed), "OK");
  EXPECT_EQ(publish_status(keyed), "OK");
  EXPECT_EQ(read().events_size(), 1);
  keyed.set_data("other");
  EXPECT_EQ(publish_status(keyed), "INVALID_ARGUMENT IDEMPOTENCY_KEY_REUSED");
  keyed.set_request_id("a b");
  EXPECT_EQ(publish_status(keyed), "INVALID_ARGUMENT INVALID_REQUEST_ID");
}

TEST_F(EventServiceTest, AppendsARepeatedBatchOnce) {
  auto keyed = batch_of(3);
  keyed.set_request_id("key");
  v1::PublishBatchResponse first;
  v1::PublishBatchResponse second;
  EXPECT_EQ(batch_status(keyed, &first), "OK");
  EXPECT_EQ(batch_status(keyed, &second), "OK");
  EXPECT_EQ(first.cursors_size(), 3);
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(read().events_size(), 3);
  keyed.mutable_events(2)->set_data("other");
  EXPECT_EQ(batch_status(keyed), "INVALID_ARGUMENT IDEMPOTENCY_KEY_REUSED");
}

TEST_F(EventServiceTest, AppendsABatchUpToItsBoundsAndNoneBeyond) {
  EXPECT_EQ(batch_status(batch_of(0)), "INVALID_ARGUMENT INVALID_BATCH");
  EXPECT_EQ(batch_status(batch_of(1001)), "INVALID_ARGUMENT INVALID_BATCH");
  auto large = batch_of(34, std::string(61440, 'x'));
  *large.add_events() = to("channels/x");
  large.mutable_events(34)->set_data(std::string((2 << 20) - 34 * 61440, 'x'));
  EXPECT_EQ(batch_status(large), "OK") << "2 MiB";
  large.mutable_events(34)->mutable_data()->push_back('x');
  EXPECT_EQ(batch_status(large), "INVALID_ARGUMENT INVALID_BATCH");
  EXPECT_EQ(batch_status(batch_of(1000)), "OK");
  EXPECT_EQ(parse_cursor(read().head())->sequence, 1035);
}

TEST_F(EventServiceTest, AppendsNothingOfABatchWithAMistake) {
  const auto refused = [&](const v1::PublishRequest& wrong) {
    auto batch = batch_of(2);
    *batch.mutable_events(1) = wrong;
    v1::PublishBatchResponse response;
    const auto status = call(*events, &Stub::PublishBatch, batch, &response);
    EXPECT_NE(status.error_message().find("event 2"), std::string::npos) << status.error_message();
    return shown(status);
  };
  EXPECT_EQ(refused(to("tasks/alice")), "PERMISSION_DENIED TOPIC_READ_ONLY");
  EXPECT_EQ(refused(to("x")), "INVALID_ARGUMENT INVALID_TOPIC");
  auto wrong = to("channels/x");
  wrong.set_data(std::string(65537, 'x'));
  EXPECT_EQ(refused(wrong), "RESOURCE_EXHAUSTED PAYLOAD_TOO_LARGE");
  wrong = to("channels/x");
  wrong.set_request_id("key");
  EXPECT_EQ(refused(wrong), "INVALID_ARGUMENT INVALID_REQUEST_ID");
  EXPECT_EQ(read().events_size(), 0);
}

TEST_F(EventServiceTest, TakesOnlyPulsesOnTheirChannel) {
  auto pulse = to("channels/pulse");
  pulse.set_data(R"({"bpm":72,"userId":"alice"})");
  EXPECT_EQ(publish_status(pulse), "INVALID_ARGUMENT INVALID_EVENT_TYPE");
  pulse.set_type("pulse");
  EXPECT_EQ(publish_status(pulse), "OK");
  pulse.set_data("72");
  EXPECT_EQ(publish_status(pulse), "INVALID_ARGUMENT INVALID_DATA");
}

TEST_F(EventServiceTest, RefusesAPublishWithTheReasonOfEachMistake) {
  EXPECT_EQ(publish_status(to("x")), "INVALID_ARGUMENT INVALID_TOPIC");
  for (const auto* const topic : {"tasks/alice", "channels/host", "channels/heart-rate"})
    EXPECT_EQ(publish_status(to(topic)), "PERMISSION_DENIED TOPIC_READ_ONLY");
  auto wrong = to("channels/x");
  wrong.set_type("reset");
  EXPECT_EQ(publish_status(wrong), "INVALID_ARGUMENT INVALID_EVENT_TYPE");
  wrong = to("channels/x");
  wrong.set_data(std::string(65537, 'x'));
  EXPECT_EQ(publish_status(wrong), "RESOURCE_EXHAUSTED PAYLOAD_TOO_LARGE");
  wrong.set_data(std::string(1, '\0'));
  EXPECT_EQ(publish_status(wrong), "INVALID_ARGUMENT INVALID_DATA");
  wrong = to("channels/x");
  wrong.set_retry_ms(1);
  EXPECT_EQ(publish_status(wrong), "INVALID_ARGUMENT INVALID_RETRY");
}

TEST_F(EventServiceTest, ReadsWholeFromPageToPage) {
  v1::PublishBatchResponse appended;
  EXPECT_EQ(batch_status(batch_of(5), &appended), "OK");
  v1::ReadEventsRequest request;
  request.add_topics("channels/x");
  request.set_page_size(2);
  std::vector<std::string> cursors;
  for (std::string through; through != appended.cursors(4);) {
    const auto page = read(request);
    EXPECT_EQ(page.head(), appended.cursors(4));
    EXPECT_FALSE(page.skipped());
    EXPECT_LE(page.events_size(), 2);
    for (const auto& event : page.events()) cursors.push_back(event.cursor());
    through = page.through();
    ASSERT_NE(through, request.after());
    request.set_after(through);
  }
  EXPECT_EQ(cursors, std::vector<std::string>(appended.cursors().begin(), appended.cursors().end()));
}

TEST_F(EventServiceTest, ReadsTaskTopicsLatestBeyondTheLag) {
  const auto id = run_task("alice", "countdown");
  v1::ReadEventsRequest request;
  request.add_topics("tasks/alice");
  const auto whole = read(request);
  EXPECT_FALSE(whole.skipped());
  ASSERT_GT(whole.events_size(), 1);
  request.set_max_lag(whole.events_size());
  EXPECT_EQ(read(request).events_size(), whole.events_size());
  request.set_max_lag(whole.events_size() - 1);
  request.set_after(first_place());
  const auto latest = read(request);
  EXPECT_TRUE(latest.skipped());
  ASSERT_EQ(latest.events_size(), 1);
  EXPECT_EQ(latest.events(0).task().task_id(), id);
  EXPECT_EQ(latest.events(0).task().state(), v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(latest.through(), latest.head());
}

TEST_F(EventServiceTest, ReadsTheStateFromPageToPage) {
  const auto first = run_task("alice", "countdown");
  const auto second = run_task("alice", "attempts");
  const auto published = publish("channels/x");
  v1::ReadEventsRequest request;
  request.set_state(true);
  request.set_page_size(1);
  auto page = read(request);
  ASSERT_EQ(page.events_size(), 1);
  EXPECT_EQ(page.events(0).task().task_id(), first);
  EXPECT_EQ(page.until(), published);
  publish("channels/x");  // not of this state
  request.set_until(page.until());
  std::string ids;
  for (int pages = 0; page.through() != page.until(); ++pages) {
    ASSERT_LT(pages, 10);
    request.set_after(page.through());
    page = read(request);
    for (const auto& event : page.events()) ids += event.task().task_id() + " ";
  }
  EXPECT_EQ(ids, second + " ");
}

TEST_F(EventServiceTest, AddsToTheStateWhatHasNoKey) {
  const auto one = publish("messages/alice");
  const auto two = publish("messages/alice");
  const auto id = start_task("alice", "simulate");
  end_task("alice", id);
  v1::ReadEventsRequest request;
  request.set_state(true);
  request.add_topics("tasks/alice");
  request.add_topics("messages/alice");
  EXPECT_EQ(read(request).events_size(), 1);
  request.set_others_after("");
  EXPECT_EQ(read(request).events_size(), 3);
  request.set_others_after(one);
  const auto page = read(request);
  ASSERT_EQ(page.events_size(), 2);
  EXPECT_EQ(page.events(0).cursor(), two);
  EXPECT_EQ(page.events(1).task().task_id(), id);
}

TEST_F(EventServiceTest, AnswersAResetForACursorThatItRefuses) {
  const auto cursor = publish("channels/x");
  const auto kept = publish("channels/x");
  publish("channels/y");
  trim("channels/x", parse_cursor(kept)->sequence);
  stop();  // until then it is in memory
  start();
  const auto reset_of = [&](const std::string& after) {
    v1::ReadEventsRequest request;
    request.add_topics("channels/x");
    request.set_after(after);
    const auto page = read(request);
    EXPECT_EQ(page.events_size(), 0);
    EXPECT_FALSE(page.head().empty());
    return page.has_reset() ? v1::ResetReason_Name(page.reset().reason()) : "none";
  };
  EXPECT_EQ(reset_of("nonsense"), "RESET_REASON_MALFORMED");
  EXPECT_EQ(reset_of("zz-1"), "RESET_REASON_EPOCH");
  EXPECT_EQ(reset_of(cursor + "000"), "RESET_REASON_AHEAD");
  EXPECT_EQ(reset_of(cursor), "RESET_REASON_EXPIRED");
  EXPECT_EQ(reset_of(kept), "none");
}

TEST_F(EventServiceTest, RefusesAReadingWithTheReasonOfEachMistake) {
  const auto read = [&](const v1::ReadEventsRequest& request) {
    v1::ReadEventsResponse response;
    return shown(call(*events, &Stub::ReadEvents, request, &response));
  };
  v1::ReadEventsRequest wrong;
  wrong.add_topics("x");
  EXPECT_EQ(read(wrong), "INVALID_ARGUMENT INVALID_TOPIC");
  wrong.Clear();
  wrong.set_page_size(300);
  EXPECT_EQ(read(wrong), "INVALID_ARGUMENT INVALID_PAGE_SIZE");
  wrong.Clear();
  wrong.set_state(true);
  wrong.set_until("x");
  EXPECT_EQ(read(wrong), "INVALID_ARGUMENT INVALID_CURSOR");
  wrong.Clear();
  wrong.set_after("nonsense");
  EXPECT_EQ(read(wrong), "OK") << "a cursor is refused in the answer";
}

}  // namespace
}  // namespace taskwire::rpc
