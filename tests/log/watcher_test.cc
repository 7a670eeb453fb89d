#include "log/watcher.h"

#include <gtest/gtest.h>
#include <random>
#include <thread>

#include "base/thread_pool.h"
#include "engine/support/blocking_store.h"
#include "engine/support/test_log.h"
#include "engine/support/wait.h"
#include "log/resume_feed.h"
#include "log/tail_feed.h"
#include "log/watchers.h"

namespace taskwire::engine {
namespace {

struct RecordingSink final : WatchSink {
  bool has_room() override { return room; }
  void send(WatchMessage message) override { messages.push_back(parsed(message)); }
  void finish(const Error& error) override { finished = error.name(); }
  std::vector<v1::WatchResponse> messages;
  std::string finished;
  bool room = true;
};

struct InboxSink final : WatchSink {
  void send(WatchMessage message) override { messages.put(parsed(message)); }
  void finish(const Error& error) override { finished.put(error.name()); }
  Inbox<v1::WatchResponse> messages;
  Inbox<std::string> finished;
};

class WatcherTest : public testing::Test {
 protected:
  std::shared_ptr<Watcher> watch(const v1::WatchRequest& request = {}) {
    auto watcher = *watchers.open(request, sink);
    watcher->start();
    steps.run();
    return watcher;
  }
  void sent(Watcher& watcher) {
    watcher.sent();
    steps.run();
  }

  TestLog log;
  ManualExecutor steps;
  StoreReads reads{*log.log, {}};
  Watchers watchers{{*log.log, steps, reads, log.clock, log.clock}};
  RecordingSink sink;
};

TEST_F(WatcherTest, SendsOneMessageAtATime) {
  v1::WatchRequest request;
  request.set_cursor(log.cursor(0));
  log.publish("channels/x");
  const auto watcher = watch(request);
  EXPECT_EQ(sink.messages.size(), 1U);
  log.publish("channels/x");
  steps.run();
  EXPECT_EQ(sink.messages.size(), 1U);
  sent(*watcher);
  ASSERT_EQ(sink.messages.size(), 2U);
  EXPECT_EQ(sequences_of(sink.messages[1].batch().events()), (std::vector<Sequence>{1, 2}));
}

TEST_F(WatcherTest, MakesNoMessageWhereThereIsNoRoomAndComesBack) {
  const auto watcher = watch();
  sent(*watcher);
  sink.room = false;
  log.publish("channels/x");
  steps.run();
  EXPECT_EQ(sink.messages.size(), 1U);
  sink.room = true;
  log.clock.advance(Watcher::kNoRoom);
  steps.run();
  ASSERT_EQ(sink.messages.size(), 2U);
  EXPECT_EQ(sink.messages[1].batch().through(), log.cursor(1));
}

TEST_F(WatcherTest, EndsWhereThereIsNoRoom) {
  const auto watcher = watch();
  sink.room = false;
  sent(*watcher);
  watcher->stop({Reason::shutting_down, ""});
  steps.run();
  EXPECT_EQ(sink.finished, "SHUTTING_DOWN");
}

TEST_F(WatcherTest, IsWokenByAnAppend) {
  const auto watcher = watch();
  sent(*watcher);
  EXPECT_EQ(sink.messages.size(), 1U);
  log.publish("channels/x");
  steps.run();
  ASSERT_EQ(sink.messages.size(), 2U);
  EXPECT_EQ(sink.messages[1].batch().through(), log.cursor(1));
}

TEST_F(WatcherTest, SaysHowFarItIsAfterFiveSecondsOfSilence) {
  v1::WatchRequest request;
  request.add_topics("channels/quiet");
  const auto watcher = watch(request);
  sent(*watcher);
  log.publish("channels/noisy");
  steps.run();
  log.clock.advance(std::chrono::milliseconds(4999));
  steps.run();
  EXPECT_EQ(sink.messages.size(), 1U);
  for (std::size_t n = 2; n < 5; ++n) {
    log.clock.advance(std::chrono::milliseconds(n == 2 ? 1 : 5000));
    steps.run();
    ASSERT_EQ(sink.messages.size(), n);
    EXPECT_EQ(sink.messages.back().progress().through(), log.cursor(1));
    sent(*watcher);
  }
}

TEST_F(WatcherTest, CountsSilenceFromTheLastMessage) {
  const auto watcher = watch();
  sent(*watcher);
  log.clock.advance(std::chrono::milliseconds(3000));
  log.publish("channels/x");
  steps.run();
  sent(*watcher);
  log.clock.advance(std::chrono::milliseconds(4999));
  steps.run();
  EXPECT_EQ(sink.messages.size(), 2U);
  log.clock.advance(std::chrono::milliseconds(1));
  steps.run();
  ASSERT_EQ(sink.messages.size(), 3U);
  EXPECT_TRUE(sink.messages.back().has_progress());
}

TEST_F(WatcherTest, FinishesOnlyWhenNoMessageIsOnItsWay) {
  const auto watcher = watch();
  watcher->stop({Reason::cancelled, ""});
  steps.run();
  EXPECT_EQ(sink.finished, "");
  sent(*watcher);
  EXPECT_EQ(sink.finished, "CANCELLED");
  log.publish("channels/x");
  steps.run();
  EXPECT_EQ(sink.messages.size(), 1U);
}

TEST_F(WatcherTest, FinishesAtTheShutdown) {
  const auto watcher = watch();
  sent(*watcher);
  watchers.shut_down();
  steps.run();
  EXPECT_EQ(sink.finished, "SHUTTING_DOWN");
  EXPECT_EQ(watchers.open({}, sink).error().reason, Reason::shutting_down);
}

TEST_F(WatcherTest, RefusesWhatIsNoTopic) {
  v1::WatchRequest request;
  request.add_topics("nonsense");
  EXPECT_EQ(watchers.open(request, sink).error().reason, Reason::invalid_topic);
}

TEST_F(WatcherTest, LeavesNothingBehind) {
  auto watcher = watch();
  sent(*watcher);
  const std::weak_ptr<Watcher> weak = watcher;
  watcher->stop({Reason::cancelled, ""});
  steps.run();
  watcher.reset();
  EXPECT_TRUE(weak.expired());
  log.publish("channels/x");
  log.clock.advance(std::chrono::seconds(10));
  steps.run();
}

TEST(WatchersTest, DeliverWhileEveryReadOfTheStoreIsSlow) {
  TestLog kept;
  BlockingStore store(*kept.store);
  const auto log = *EventLog::open(store, {});
  log->start();
  ThreadPool steps(2);
  StoreReads reads(*log, {.threads = 4});
  Watchers watchers({*log, steps, reads, kept.clock, kMachineClock});
  store.block();
  Inbox<Sequence> pages;
  for (int i = 0; i < 4; ++i) {
    reads.read<Sequence>(
        StoreReads::Reader::caller, [](ReadTransaction& reader) -> Result<Sequence> { return reader.head().sequence; },
        [&](const Result<Sequence>& head) { pages.put(*head); });
  }
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(store.blocked.take()) << "all four are at it";

  v1::WatchRequest tail;
  tail.mutable_tail();
  v1::WatchRequest after;
  after.set_cursor(kept.cursor(0));
  for (const auto& request : {tail, after, v1::WatchRequest{}}) {
    InboxSink sink;
    const auto watcher = *watchers.open(request, sink);
    watcher->start();
    const auto start = sink.messages.take();
    ASSERT_TRUE(start && start->has_start()) << request.ShortDebugString();
    watcher->sent();
    log->write<int>(
        EventLog::Writer::engine, 0,
        [](Transaction& transaction) -> Result<int> {
          v1::Event event;
          event.set_topic("channels/x");
          transaction.append(std::move(event));
          return 0;
        },
        [](const Result<int>&) {});
    const auto batch = sink.messages.take();
    ASSERT_TRUE(batch && batch->batch().events_size() > 0) << request.ShortDebugString();
    watcher->stop({Reason::cancelled, ""});
    watcher->sent();
    EXPECT_EQ(sink.finished.take(), "CANCELLED");
  }
  EXPECT_TRUE(pages.empty());
  store.open();
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(pages.take());
  reads.stop();
  log->stop();
}

TEST(WatchersTest, ReadNothingForAWatchThatHasGone) {
  TestLog kept;
  BlockingStore store(*kept.store);
  const auto log = *EventLog::open(store, {});
  ThreadPool steps(1);
  StoreReads reads(*log, {.threads = 1});
  Watchers watchers({*log, steps, reads, kept.clock, kMachineClock});
  store.block();
  v1::WatchRequest request;
  request.mutable_earliest();
  InboxSink first;
  InboxSink second;
  const auto slow = *watchers.open(request, first);
  slow->start();
  ASSERT_TRUE(store.blocked.take());
  const int before = store.reads;
  const auto gone = *watchers.open(request, second);
  gone->start();
  gone->stop({Reason::cancelled, ""});
  store.open();
  EXPECT_EQ(second.finished.take(), "CANCELLED");
  EXPECT_TRUE(second.messages.empty());
  EXPECT_TRUE(first.messages.take()->has_reset());
  EXPECT_EQ(store.reads, before);
  slow->stop({Reason::cancelled, ""});
  slow->sent();
  EXPECT_EQ(first.finished.take(), "CANCELLED");
  reads.stop();
}

TEST(WatchersTest, FinishAWatchWhoseReadFindsNoPlace) {
  TestLog kept;
  BlockingStore store(*kept.store);
  const auto log = *EventLog::open(store, {});
  ThreadPool steps(1);
  StoreReads reads(*log, {.threads = 1, .waiting = 0});
  Watchers watchers({*log, steps, reads, kept.clock, kMachineClock});
  v1::WatchRequest request;
  request.mutable_earliest();
  InboxSink sink;
  const auto watcher = *watchers.open(request, sink);
  watcher->start();
  EXPECT_EQ(sink.finished.take(), "TOO_MANY_READS");
  reads.stop();
}

/// Takes messages on other threads, some slowly, and checks that what follows from where it started has no gap.
class CheckingSink final : public WatchSink {
 public:
  CheckingSink(Executor& executor, Sequence goal) : executor_(executor), goal_(goal) {}

  void begin(std::shared_ptr<Watcher> watcher) {
    watcher_ = std::move(watcher);
    watcher_->start();
  }
  void send(WatchMessage sent) override {
    const auto message = parsed(sent);
    if (message.has_start()) place_ = parse_cursor(message.start().after())->sequence;
    for (const auto sequence : sequences_of(message.batch().events())) {
      EXPECT_EQ(sequence, place_ + 1);
      place_ = sequence;
    }
    if (place_ == goal_) watcher_->stop({Reason::cancelled, ""});
    executor_.post([watcher = watcher_] { watcher->sent(); });
  }
  void finish(const Error& error) override { finished.put(error.name()); }

  Inbox<std::string> finished;

 private:
  Executor& executor_;
  const Sequence goal_;
  Sequence place_ = 0;
  std::shared_ptr<Watcher> watcher_;
};

TEST(Watcher, HasNoGapOverManyParksAndWakes) {
  constexpr Sequence kEvents = 3000;
  TestLog log({.tail = {.events = 500}});
  const MachineClock clock;
  std::vector<std::unique_ptr<CheckingSink>> sinks;
  ThreadPool steps(2);
  ThreadPool senders(2);  // it ends first: what is sent takes steps
  StoreReads reads(*log.log, {.threads = 2});
  const Watcher::Means means{*log.log, steps, reads, log.clock, clock};
  for (int i = 0; i < 12; ++i) {
    sinks.push_back(std::make_unique<CheckingSink>(senders, kEvents));
    v1::WatchRequest request;
    std::unique_ptr<Feed> feed;
    if (i % 2 == 0) {
      feed = std::make_unique<TailFeed>(*log.log, Topics{}, request.tail());
    } else {
      request.set_cursor(log.cursor(0));
      feed = std::make_unique<ResumeFeed>(*log.log, Topics{}, request);
    }
    sinks.back()->begin(std::make_shared<Watcher>(means, std::move(feed), *sinks.back()));
  }
  log.log->start();
  std::minstd_rand random(7);
  for (Sequence written = 0; written < kEvents;) {
    const auto burst = std::min<Sequence>(kEvents - written, 1 + static_cast<Sequence>(random() % 40));
    Inbox<int> committed;
    for (Sequence i = 0; i < burst; ++i) {
      log.log->write<int>(
          EventLog::Writer::engine, 0,
          [](Transaction& transaction) -> Result<int> {
            v1::Event event;
            event.set_topic("channels/x");
            transaction.append(std::move(event));
            return 0;
          },
          [&](const Result<int>&) { committed.put(0); });
    }
    for (Sequence i = 0; i < burst; ++i) ASSERT_TRUE(committed.take());
    written += burst;
  }
  for (const auto& sink : sinks) EXPECT_EQ(sink->finished.take(), "CANCELLED");
  reads.stop();     // they end in steps
  log.log->stop();  // it wakes watchers, which take steps
}

}  // namespace
}  // namespace taskwire::engine
