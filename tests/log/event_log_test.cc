#include "log/event_log.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <thread>

#include "engine/support/bell.h"
#include "engine/support/captured_log.h"
#include "engine/support/failing_store.h"
#include "engine/support/test_log.h"
#include "engine/support/wait.h"

namespace taskwire::engine {
namespace {

using Writer = EventLog::Writer;

v1::Event event_on(const std::string& topic) {
  v1::Event event;
  event.set_topic(topic);
  return event;
}

/// A write that appends one event and answers its place.
Result<Sequence> append(Transaction& transaction) {
  return transaction.append(event_on("channels/x")).sequence;
}

class EventLogTest : public testing::Test {
 protected:
  void write(std::function<Result<Sequence>(Transaction&)> function, std::size_t bytes = 10,
             Writer writer = Writer::caller) {
    log->write<Sequence>(writer, bytes, std::move(function),
                         [this](Result<Sequence> answer) { answers.push_back(answer); });
  }
  std::vector<Sequence> tail() { return sequences_of(log->tail().read(log->tail().select({}), 0)->events); }

  TestLog kept;
  FailingStore store{*kept.store};
  std::unique_ptr<EventLog> log = *EventLog::open(store, {.waiting_writes = 3, .waiting_bytes = 100});
  std::vector<Result<Sequence>> answers;
};

/// Another that comes while the group of this one is being written.
class AnsweredElsewhere : public EventLogTest {
 protected:
  void commit_group(Writer writer, Writer with = Writer::publisher) {
    log->answer_on(others);
    write(append, 10, with);
    write(
        [this](Transaction& transaction) {
          write(append);
          return append(transaction);
        },
        10, writer);
    log->commit_waiting();
  }
  ManualExecutor others;
};

TEST_F(AnsweredElsewhere, ArePublishersWhileOthersWaitForTheNextCommit) {
  const auto bell = std::make_shared<Bell>();
  ASSERT_TRUE(log->tail().park(log->tail().select({}), 0, bell));
  commit_group(Writer::publisher);
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(tail(), (std::vector<Sequence>{1, 2}));
  EXPECT_FALSE(bell->rings.empty());
  others.run();
  EXPECT_EQ(answers, (std::vector<Result<Sequence>>{1, 2}));
  log->commit_waiting();
  EXPECT_EQ(answers, (std::vector<Result<Sequence>>{1, 2, 3}));
}

TEST_F(AnsweredElsewhere, IsNobodyElse) {
  commit_group(Writer::caller);
  EXPECT_EQ(answers, (std::vector<Result<Sequence>>{1, 2}));
  log->commit_waiting();
  commit_group(Writer::publisher, Writer::engine);
  EXPECT_EQ(answers, (std::vector<Result<Sequence>>{1, 2, 3, 4, 5}));
}

TEST_F(AnsweredElsewhere, IsNobodyWhileNobodyWaits) {
  log->answer_on(others);
  write(append, 10, Writer::publisher);
  log->commit_waiting();
  EXPECT_EQ(answers, (std::vector<Result<Sequence>>{1}));
}

TEST_F(AnsweredElsewhere, IsNobodyWhoseCommitFailed) {
  store.fail_after = true;
  commit_group(Writer::publisher);
  EXPECT_TRUE(log->has_waiting());
  ASSERT_EQ(answers.size(), 2U);
  for (const auto& answer : answers) EXPECT_EQ(answer.error().reason, Reason::unknown_outcome);
}

TEST_F(AnsweredElsewhere, HoldNothingAnyMoreOfWhatTheyWrote) {
  const auto held = std::make_shared<int>();
  log->answer_on(others);
  write(
      [this, held](Transaction& transaction) {
        write(append);
        return append(transaction);
      },
      10, Writer::publisher);
  log->commit_waiting();
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(EventLogTest, CommitsWhatWaitsInOneTransaction) {
  for (int i = 0; i < 3; ++i) write(append);
  EXPECT_TRUE(answers.empty());
  EXPECT_TRUE(log->commit_waiting());
  EXPECT_EQ(store.commits, 1);
  EXPECT_EQ(answers, (std::vector<Result<Sequence>>{1, 2, 3}));
  EXPECT_FALSE(log->commit_waiting());
}

TEST_F(EventLogTest, CountsWhatBecameOfWrites) {
  for (int i = 0; i < 4; ++i) write(append);
  EXPECT_EQ(log->waiting().writes, 3U);
  EXPECT_EQ(log->waiting().bytes, 30U);
  log->commit_waiting();
  EXPECT_EQ(log->waiting().writes, 0U);
  write(append);
  store.fail_before = true;
  log->commit_waiting();
  const auto& metrics = log->metrics();
  EXPECT_EQ(metrics.refused.value(), 1U);
  EXPECT_EQ(metrics.failed.value(), 1U);
  EXPECT_EQ(metrics.events.value(), 3U);
  EXPECT_EQ(metrics.writes.value().sum, 3U) << "in one commit";
  EXPECT_EQ(metrics.events_of_one.value().sum, 3U);
  const auto latency = metrics.latency.value().counts;
  EXPECT_EQ(std::accumulate(latency.begin(), latency.end(), std::uint64_t{0}), 3U);
}

TEST_F(EventLogTest, ShowsAnEventOnlyAfterItsCommit) {
  write([&](Transaction& transaction) {
    auto answer = append(transaction);
    EXPECT_TRUE(tail().empty());
    return answer;
  });
  log->write<Sequence>(Writer::caller, 0, append, [&](const Result<Sequence>&) {
    EXPECT_EQ(tail(), (std::vector<Sequence>{1, 2})) << "the tail has it before the caller is answered";
  });
  log->commit_waiting();
}

TEST_F(EventLogTest, LetsARefusalHarmNoOtherWrite) {
  write(append);
  write([](Transaction&) -> Result<Sequence> { return refuse(Reason::task_not_found, ""); });
  write(append);
  log->commit_waiting();
  EXPECT_EQ(answers[0], 1);
  EXPECT_EQ(answers[1].error().reason, Reason::task_not_found);
  EXPECT_EQ(answers[2], 2);
}

TEST_F(EventLogTest, RefusesMoreWritesThanMayWait) {
  for (int i = 0; i < 4; ++i) write(append);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].error().reason, Reason::too_many_appends);
  log->commit_waiting();
  write(append);
  EXPECT_EQ(answers.size(), 4U) << "there is room again";
}

TEST_F(EventLogTest, RefusesMoreBytesThanMayWait) {
  write(append, 90);
  write(append, 11);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].error().reason, Reason::too_many_appends);
}

TEST_F(EventLogTest, TakesTheEnginesOwnWritesBeyondTheLimits) {
  for (int i = 0; i < 3; ++i) write(append);
  write(append, 1000, Writer::engine);
  EXPECT_TRUE(answers.empty());
  log->commit_waiting();
  EXPECT_EQ(answers.back(), 4);
}

TEST_F(EventLogTest, RefusesWhatComesAfterItsStop) {
  log->start();
  log->stop();
  write(append);
  EXPECT_EQ(answers.at(0).error().reason, Reason::shutting_down);
}

TEST_F(EventLogTest, CommitsWhatWaitsBeforeItStops) {
  write(append);
  log->start();
  log->stop();
  EXPECT_EQ(answers.at(0), 1);
}

TEST_F(EventLogTest, AnswersAFailedTransactionToAllAndGoesOn) {
  store.fail_before = true;
  write(append);
  write(append);
  log->commit_waiting();
  EXPECT_EQ(answers.at(0).error().reason, Reason::store_failed);
  EXPECT_EQ(answers.at(1).error().reason, Reason::store_failed);
  EXPECT_EQ(store.reopened, 1);
  store.fail_before = false;
  write(append);
  log->commit_waiting();
  EXPECT_EQ(answers.at(2), 1);
  EXPECT_EQ(tail(), (std::vector<Sequence>{1}));
}

TEST_F(EventLogTest, LogsOneTroubleOnceHoweverOftenItComesBack) {
  CapturedLog lines;
  for (int i = 0; i < 10; ++i) {
    for (const bool fails : {true, true, false}) {
      store.fail_before = fails;
      write(append);
      log->commit_waiting();
    }
  }
  const auto text = lines.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
  EXPECT_NE(text.find("commit failed"), std::string::npos) << text;
  EXPECT_NE(text.find("takes writes again"), std::string::npos) << text;
}

TEST_F(EventLogTest, FindsWhatACommitOfUnknownOutcomeWroteAfterAll) {
  write(append);
  log->commit_waiting();
  store.fail_after = true;
  write(append);
  log->commit_waiting();
  EXPECT_EQ(answers.at(1).error().reason, Reason::unknown_outcome);
  EXPECT_EQ(tail(), (std::vector<Sequence>{1, 2}));
  store.fail_after = false;
  write(append);
  log->commit_waiting();
  EXPECT_EQ(tail(), (std::vector<Sequence>{1, 2, 3}));
}

TEST_F(EventLogTest, LeavesNoHoleInItsTailWhereARecoveryCannotRead) {
  for (int i = 0; i < 3; ++i) write(append);
  log->commit_waiting();
  store.fail_after = true;
  write(append);
  write(append);
  for (const int rows : {0, 1}) {
    store.rows_until_cut = rows;  // the first time of what is committed, then of nothing more
    log->commit_waiting();
    write(append);
  }
  store.fail_after = false;
  log->commit_waiting();
  store.rows_until_cut = -1;
  const auto all = log->tail().select({});
  for (Sequence after = 0; after <= 7; ++after) {
    const auto page = log->tail().read(all, after);
    if (!page) continue;
    std::vector<Sequence> rest;
    for (auto sequence = after + 1; sequence <= 7; ++sequence) rest.push_back(sequence);
    EXPECT_EQ(sequences_of(page->events), rest) << "after " << after;
  }
  EXPECT_FALSE(log->tail().read(all, 3)) << "4 and 5 are in the store alone";
  EXPECT_TRUE(log->tail().covers(7));
}

TEST_F(EventLogTest, KeepsItsTailWhereARecoveryCannotLookAtTheHead) {
  write(append);
  log->commit_waiting();
  store.fail_before = store.fail_read = true;
  write(append);
  log->commit_waiting();
  EXPECT_EQ(tail(), (std::vector<Sequence>{1}));
  EXPECT_EQ(log->tail().head(), 1);
  store.fail_before = store.fail_read = false;
  write(append);
  log->commit_waiting();
  EXPECT_EQ(tail(), (std::vector<Sequence>{1, 2}));
}

TEST_F(EventLogTest, BeginsItsTailAnewBehindWhatACommitThatWasNeverSeenWrote) {
  write(append);
  log->commit_waiting();
  store.fail_after = store.fail_reopen = true;
  write(append);
  log->commit_waiting();
  EXPECT_EQ(log->tail().head(), 1);
  store.fail_after = store.fail_reopen = false;
  write(append);
  log->commit_waiting();
  EXPECT_EQ(answers.back(), 3);
  EXPECT_FALSE(log->tail().covers(1));
  EXPECT_EQ(sequences_of(log->tail().read(log->tail().select({}), 2)->events), (std::vector<Sequence>{3}));
}

TEST_F(EventLogTest, DoesNotOpenOnAStoreThatCannotBeRead) {
  kept.publish("channels/x");
  store.rows_until_cut = 0;
  EXPECT_EQ(EventLog::open(store, {}).error().reason, Reason::store_failed);
  store.fail_read = true;
  EXPECT_EQ(EventLog::open(store, {}).error().reason, Reason::store_failed);
}

TEST_F(EventLogTest, TellsHowReadingsWent) {
  kept.publish("channels/x");
  std::string told;
  log->on_read([&](const Error* error) { told += error == nullptr ? "well " : error->message + ' '; });
  const auto read = [&] {
    if (auto reader = log->read()) (*reader)->rows({{.topic = ""}}, 1, [](const EventPtr&) { return true; });
  };
  read();
  store.rows_until_cut = 0;
  read();
  store.fail_read = true;
  read();
  EXPECT_EQ(told, "well cut unreadable ");
}

TEST_F(EventLogTest, FillsItsTailOnlyFromAboveWhatWasTrimmed) {
  kept.publish("channels/x");
  kept.publish("channels/y");
  kept.publish("channels/x");
  kept.publish("channels/y");
  kept.trim("channels/y", 2);
  const auto reopened = *EventLog::open(*kept.store, {});
  EXPECT_FALSE(reopened->tail().covers(1));
  EXPECT_TRUE(reopened->tail().covers(2));
  EXPECT_EQ(reopened->tail().head(), 4);
}

TEST_F(EventLogTest, FillsItsTailOnlyWithTheLastEvents) {
  for (int i = 0; i < 5; ++i) kept.publish("channels/x");
  const auto reopened = *EventLog::open(*kept.store, {.tail = {.events = 2}});
  EXPECT_EQ(sequences_of(reopened->tail().read(reopened->tail().select({}), 3)->events), (std::vector<Sequence>{4, 5}));
  EXPECT_FALSE(reopened->tail().covers(2));
}

TEST_F(EventLogTest, HasATailUpToAHeadWhoseEventIsGone) {
  kept.publish("channels/x");
  kept.publish("channels/x");
  kept.trim("channels/x", 2);
  const auto reopened = *EventLog::open(*kept.store, {});
  EXPECT_EQ(reopened->tail().head(), 2);
}

TEST(EventLog, CommitsFromManyThreadsInOneOrder) {
  TestLog kept;
  kept.log->start();
  constexpr int kThreads = 4;
  constexpr int kWrites = 200;
  Inbox<Sequence> answered;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kWrites; ++n)
        kept.log->write<Sequence>(Writer::caller, 10, append, [&](Result<Sequence> answer) { answered.put(*answer); });
    });
  }
  for (auto& thread : threads) thread.join();
  for (Sequence expected = 1; expected <= kThreads * kWrites; ++expected) EXPECT_EQ(answered.take(), expected);
}

}  // namespace
}  // namespace taskwire::engine
