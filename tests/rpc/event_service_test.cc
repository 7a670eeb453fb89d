#include <gtest/gtest.h>

#include "rpc/support.h"

namespace taskwire::rpc {
namespace {

/// A Watch that a test reads message by message.
class Watch {
 public:
  Watch(v1::EventService::Stub& stub, const v1::WatchRequest& request) : reader_(stub.Watch(&context_, request)) {}
  ~Watch() {
    context_.TryCancel();
    for (v1::WatchResponse message; reader_->Read(&message);) {
    }
    if (!is_finished_) (void)reader_->Finish();
  }
  /// The next message that is no progress; empty at the end.
  v1::WatchResponse next() {
    v1::WatchResponse message;
    do {
      if (!reader_->Read(&message)) return {};
    } while (message.has_progress());
    return message;
  }
  grpc::Status finish() {
    is_finished_ = true;
    return reader_->Finish();
  }

 private:
  Context context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchResponse>> reader_;
  bool is_finished_ = false;
};

class EventServiceTest : public ServerTest {
 protected:
  using Stub = v1::EventService::Stub;

  std::string publish_status(const v1::PublishRequest& request) {
    v1::PublishResponse response;
    return shown(call(*events, &Stub::Publish, request, &response));
  }
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

TEST_F(EventServiceTest, RefusesAPublishWithTheReasonOfEachMistake) {
  EXPECT_EQ(publish_status(to("x")), "INVALID_ARGUMENT INVALID_TOPIC");
  EXPECT_EQ(publish_status(to("tasks/alice")), "PERMISSION_DENIED TOPIC_READ_ONLY");
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
  v1::PublishBatchResponse response;
  EXPECT_EQ(shown(call(*events, &Stub::PublishBatch, {}, &response)), "INVALID_ARGUMENT INVALID_BATCH");
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

TEST_F(EventServiceTest, WatchesFromNow) {
  publish("channels/x", "before");
  v1::WatchRequest request;
  request.add_topics("channels/x");
  Watch watch(*events, request);
  EXPECT_TRUE(watch.next().has_start());
  publish("channels/y", "elsewhere");
  const auto cursor = publish("channels/x", "after");
  const auto message = watch.next();
  ASSERT_EQ(message.batch().events_size(), 1);
  EXPECT_EQ(message.batch().events(0).data(), "after");
  EXPECT_EQ(message.batch().through(), cursor);
}

TEST_F(EventServiceTest, WatchesASnapshot) {
  v1::WatchRequest request;
  request.mutable_snapshot();
  const auto id = start_task("alice", "simulate");
  end_task("alice", id);  // what changes during the state may come after it
  Watch watch(*events, request);
  EXPECT_EQ(watch.next().reset().reason(), v1::RESET_REASON_START);
  const auto state = watch.next();
  EXPECT_EQ(state.batch().events(0).task().task_id(), id);
  EXPECT_EQ(state.batch().through(), "");
  EXPECT_TRUE(watch.next().has_synced());
}

TEST_F(EventServiceTest, WatchesManyEventsWholeInPages) {
  constexpr int kEvents = 1000;
  v1::PublishBatchRequest batch;
  for (int i = 0; i < kEvents; ++i) *batch.add_events() = to("channels/x");
  v1::PublishBatchResponse appended;
  ASSERT_TRUE(call(*events, &Stub::PublishBatch, batch, &appended).ok());
  v1::WatchRequest request;
  request.mutable_tail()->set_events(kEvents);
  Watch watch(*events, request);
  EXPECT_TRUE(watch.next().has_start());
  for (int seen = 0; seen < kEvents;) {
    const auto message = watch.next();
    ASSERT_GT(message.batch().events_size(), 0);
    ASSERT_LE(message.batch().events_size(), 256);
    for (const auto& event : message.batch().events()) EXPECT_EQ(event.cursor(), appended.cursors(seen++));
  }
}

TEST_F(EventServiceTest, RefusesAWatchOfNoTopic) {
  v1::WatchRequest request;
  request.add_topics("x");
  Watch watch(*events, request);
  EXPECT_EQ(watch.next().message_case(), v1::WatchResponse::MESSAGE_NOT_SET);
  EXPECT_EQ(shown(watch.finish()), "INVALID_ARGUMENT INVALID_TOPIC");
}

TEST_F(EventServiceTest, GoesOnWithoutAGapOverARestartOfTheEngine) {
  std::vector<std::string> published;
  for (int i = 0; i < 3; ++i) published.push_back(publish("channels/x"));
  std::string cursor = published[0];
  {
    v1::WatchRequest request;
    request.set_cursor(cursor);
    Watch watch(*events, request);
    EXPECT_EQ(watch.next().start().after(), cursor);
    cursor = watch.next().batch().through();
    EXPECT_EQ(cursor, published[2]);
    engine->watchers().shut_down();
    EXPECT_EQ(watch.next().message_case(), v1::WatchResponse::MESSAGE_NOT_SET);
    EXPECT_EQ(shown(watch.finish()), "UNAVAILABLE SHUTTING_DOWN");
  }
  published.push_back(publish("channels/x"));
  stop();
  start();
  published.push_back(publish("channels/x"));
  v1::WatchRequest request;
  request.set_cursor(cursor);
  Watch watch(*events, request);
  EXPECT_EQ(watch.next().start().after(), cursor);
  const auto message = watch.next();
  ASSERT_EQ(message.batch().events_size(), 2);
  EXPECT_EQ(message.batch().events(0).cursor(), published[3]);
  EXPECT_EQ(message.batch().events(1).cursor(), published[4]);
}

TEST_F(EventServiceTest, LetsATailReaderGoOnOverARestart) {
  const auto cursor = publish("channels/x");
  const auto next = publish("channels/x");
  stop();
  start();
  v1::WatchRequest request;
  request.mutable_tail()->set_after(cursor);
  Watch watch(*events, request);
  EXPECT_EQ(watch.next().start().after(), cursor);
  EXPECT_EQ(watch.next().batch().through(), next);
}

}  // namespace
}  // namespace taskwire::rpc
