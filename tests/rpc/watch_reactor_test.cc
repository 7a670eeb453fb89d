#include "rpc/watch_reactor.h"

#include <gtest/gtest.h>

#include "rpc/watch.h"

namespace taskwire::rpc {
namespace {

class WatchReactorTest : public ServerTest {
 protected:
  using Stub = v1::EventService::Stub;
};

TEST_F(WatchReactorTest, WatchesFromNow) {
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

TEST_F(WatchReactorTest, WatchesASnapshot) {
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

TEST_F(WatchReactorTest, WatchesFromNowByDefaultOfEveryTopic) {
  publish("channels/x", "before");
  v1::WatchRequest now;
  now.mutable_now();
  for (const auto& request : {now, v1::WatchRequest{}}) {
    Watch watch(*events, request);
    const auto start = watch.next().start().after();
    const auto cursor = publish("messages/alice", "after");
    EXPECT_EQ(parse_cursor(cursor)->sequence, parse_cursor(start)->sequence + 1);
    EXPECT_EQ(watch.next().batch().events(0).cursor(), cursor);
  }
}

TEST_F(WatchReactorTest, WatchesFromTheEarliest) {
  const auto message = publish("messages/alice", "kept");
  const auto id = run_task("alice", "countdown");
  v1::WatchRequest request;
  request.add_topics("messages/alice");
  request.add_topics("tasks/alice");
  request.mutable_earliest();
  Watch watch(*events, request);
  EXPECT_EQ(watch.next().reset().reason(), v1::RESET_REASON_START);
  const auto state = watch.next().batch();
  ASSERT_EQ(state.events_size(), 4);  // what was sent, what the task told, and the task as it is
  EXPECT_EQ(state.events(0).cursor(), message);
  EXPECT_EQ(state.events(1).data(), "Object sent to user 'alice' in 1...");
  EXPECT_EQ(state.events(3).task().task_id(), id);
  EXPECT_EQ(watch.next().synced().cursor(), state.events(3).cursor());
  const auto after = publish("messages/alice");
  EXPECT_EQ(watch.next().batch().through(), after);
}

TEST_F(WatchReactorTest, BeginsAnewWhereItsCursorIsRefused) {
  const auto cursor = publish("channels/x", "kept");
  const auto reset_of = [&](const std::string& from) {
    v1::WatchRequest request;
    request.add_topics("channels/x");
    request.set_cursor(from);
    Watch watch(*events, request);
    const auto reset = watch.next().reset();
    EXPECT_TRUE(watch.next().has_synced()) << "what is kept lies above the end of the state";
    EXPECT_EQ(watch.next().batch().events(0).cursor(), cursor);
    return v1::ResetReason_Name(reset.reason()) + " " + reset.cursor();
  };
  EXPECT_EQ(reset_of("nonsense"), "RESET_REASON_MALFORMED ");
  EXPECT_EQ(reset_of("zz-1"), "RESET_REASON_EPOCH zz-1");
  const auto ahead = cursor + "0";
  EXPECT_EQ(reset_of(ahead), "RESET_REASON_AHEAD " + ahead);
}

TEST_F(WatchReactorTest, BeginsAnewWhereWhatFollowedIsNoLongerKept) {
  const auto cursor = publish("channels/x");
  publish("channels/x");
  const auto kept = publish("channels/x", "kept");
  trim("channels/x", parse_cursor(kept)->sequence - 1);
  stop();  // what was trimmed is still in memory
  start();
  v1::WatchRequest request;
  request.add_topics("channels/x");
  request.set_cursor(cursor);
  Watch watch(*events, request);
  const auto reset = watch.next().reset();
  EXPECT_EQ(reset.reason(), v1::RESET_REASON_EXPIRED);
  EXPECT_EQ(reset.cursor(), cursor);
  EXPECT_TRUE(watch.next().has_synced());
  EXPECT_EQ(watch.next().batch().events(0).cursor(), kept);
}

TEST_F(WatchReactorTest, SaysWhereSupersededEventsAreGone) {
  const auto cursor = publish("channels/x");
  const auto id = run_task("alice", "countdown");
  const auto last = publish("channels/x");
  trim("tasks/alice", parse_cursor(last)->sequence);
  stop();
  start();
  v1::WatchRequest request;
  request.add_topics("tasks/alice");
  request.set_cursor(cursor);
  Watch watch(*events, request);
  EXPECT_EQ(watch.next().start().after(), cursor);
  const auto skipped = watch.next().skipped();
  EXPECT_EQ(skipped.from(), cursor);
  EXPECT_EQ(parse_cursor(skipped.to())->sequence, parse_cursor(last)->sequence);
  const auto batch = watch.next().batch();
  ASSERT_EQ(batch.events_size(), 1);
  EXPECT_EQ(batch.events(0).task().state(), v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(batch.events(0).task().task_id(), id);
}

TEST_F(WatchReactorTest, WatchesManyEventsWholeInPages) {
  constexpr int kEvents = 1000;
  v1::PublishBatchRequest batch;
  for (int i = 0; i < kEvents; ++i) batch.add_events()->set_topic("channels/x");
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

TEST_F(WatchReactorTest, RefusesAWatchOfNoTopic) {
  v1::WatchRequest request;
  request.add_topics("x");
  Watch watch(*events, request);
  EXPECT_EQ(watch.next().message_case(), v1::WatchResponse::MESSAGE_NOT_SET);
  EXPECT_EQ(shown(watch.finish()), "INVALID_ARGUMENT INVALID_TOPIC");
}

TEST_F(WatchReactorTest, GoesOnWithoutAGapOverARestartOfTheEngine) {
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

TEST_F(WatchReactorTest, LetsATailReaderGoOnOverARestart) {
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
