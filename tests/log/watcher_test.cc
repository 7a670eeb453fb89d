#include "log/watcher.h"

#include <gtest/gtest.h>
#include <random>
#include <thread>

#include "base/thread_pool.h"
#include "engine/support/test_log.h"
#include "engine/support/wait.h"
#include "log/resume_feed.h"
#include "log/tail_feed.h"
#include "log/watchers.h"

namespace taskwire::engine {
namespace {

struct RecordingSink final : WatchSink {
  void send(v1::WatchResponse message) override { messages.push_back(std::move(message)); }
  void finish(const Error& error) override { finished = error.name(); }
  std::vector<v1::WatchResponse> messages;
  std::string finished;
};

class WatcherTest : public testing::Test {
 protected:
  std::shared_ptr<Watcher> watch(const v1::WatchRequest& request = {}) {
    auto watcher = *watchers.open(request, sink);
    watcher->start();
    readers.run();
    return watcher;
  }
  void sent(Watcher& watcher) {
    watcher.sent();
    readers.run();
  }

  TestLog log;
  ManualExecutor readers;
  Watchers watchers{{*log.log, readers, log.clock, log.clock}};
  RecordingSink sink;
};

TEST_F(WatcherTest, SendsOneMessageAtATime) {
  v1::WatchRequest request;
  request.set_cursor(log.cursor(0));
  log.publish("channels/x");
  const auto watcher = watch(request);
  EXPECT_EQ(sink.messages.size(), 1U);
  log.publish("channels/x");
  readers.run();
  EXPECT_EQ(sink.messages.size(), 1U);
  sent(*watcher);
  ASSERT_EQ(sink.messages.size(), 2U);
  EXPECT_EQ(sequences_of(sink.messages[1].batch().events()), (std::vector<Sequence>{1, 2}));
}

TEST_F(WatcherTest, IsWokenByAnAppend) {
  const auto watcher = watch();
  sent(*watcher);
  EXPECT_EQ(sink.messages.size(), 1U);
  log.publish("channels/x");
  readers.run();
  ASSERT_EQ(sink.messages.size(), 2U);
  EXPECT_EQ(sink.messages[1].batch().through(), log.cursor(1));
}

TEST_F(WatcherTest, SaysHowFarItIsAfterFiveSecondsOfSilence) {
  v1::WatchRequest request;
  request.add_topics("channels/quiet");
  const auto watcher = watch(request);
  sent(*watcher);
  log.publish("channels/noisy");
  readers.run();
  log.clock.advance(std::chrono::milliseconds(4999));
  readers.run();
  EXPECT_EQ(sink.messages.size(), 1U);
  for (std::size_t n = 2; n < 5; ++n) {
    log.clock.advance(std::chrono::milliseconds(n == 2 ? 1 : 5000));
    readers.run();
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
  readers.run();
  sent(*watcher);
  log.clock.advance(std::chrono::milliseconds(4999));
  readers.run();
  EXPECT_EQ(sink.messages.size(), 2U);
  log.clock.advance(std::chrono::milliseconds(1));
  readers.run();
  ASSERT_EQ(sink.messages.size(), 3U);
  EXPECT_TRUE(sink.messages.back().has_progress());
}

TEST_F(WatcherTest, FinishesOnlyWhenNoMessageIsOnItsWay) {
  const auto watcher = watch();
  watcher->stop({Reason::cancelled, ""});
  readers.run();
  EXPECT_EQ(sink.finished, "");
  sent(*watcher);
  EXPECT_EQ(sink.finished, "CANCELLED");
  log.publish("channels/x");
  readers.run();
  EXPECT_EQ(sink.messages.size(), 1U);
}

TEST_F(WatcherTest, FinishesAtTheShutdown) {
  const auto watcher = watch();
  sent(*watcher);
  watchers.shut_down();
  readers.run();
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
  readers.run();
  watcher.reset();
  EXPECT_TRUE(weak.expired());
  log.publish("channels/x");
  log.clock.advance(std::chrono::seconds(10));
  readers.run();
}

/// Takes messages on other threads, some slowly, and checks that what follows from where it started has no gap.
class CheckingSink final : public WatchSink {
 public:
  CheckingSink(Executor& executor, Sequence goal) : executor_(executor), goal_(goal) {}

  void begin(std::shared_ptr<Watcher> watcher) {
    watcher_ = std::move(watcher);
    watcher_->start();
  }
  void send(v1::WatchResponse message) override {
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
  ThreadPool senders(2);
  ThreadPool readers(2);
  const Watcher::Means means{*log.log, readers, log.clock, clock};
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
  log.log->stop();  // it wakes watchers, which need the readers
}

}  // namespace
}  // namespace taskwire::engine
