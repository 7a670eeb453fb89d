#include "log/reading.h"

#include <gtest/gtest.h>

#include "engine/support/test_log.h"

namespace taskwire::engine {
namespace {

/// Reads as ReadEvents does; places are sequences.
class ReadingTest : public testing::Test {
 protected:
  v1::ReadEventsResponse read(const std::vector<std::string>& topics, const std::string& after = "",
                              std::optional<std::int64_t> max_lag = {}, int page_size = 0) {
    v1::ReadEventsRequest request;
    request.mutable_topics()->Assign(topics.begin(), topics.end());
    request.set_after(after);
    if (max_lag) request.set_max_lag(*max_lag);
    request.set_page_size(page_size);
    return answer(request);
  }
  v1::ReadEventsResponse state(const std::vector<std::string>& topics, const std::string& after = "",
                               const std::string& until = "", std::optional<std::string> others_after = {},
                               int page_size = 0) {
    v1::ReadEventsRequest request;
    request.mutable_topics()->Assign(topics.begin(), topics.end());
    request.set_state(true);
    request.set_after(after);
    request.set_until(until);
    if (others_after) request.set_others_after(*others_after);
    request.set_page_size(page_size);
    return answer(request);
  }
  v1::ReadEventsResponse answer(const v1::ReadEventsRequest& request) {
    auto response = read_events(**log.store->read(), request);
    EXPECT_TRUE(response) << response.error().message;
    return parsed(*response);
  }
  std::string refused(const v1::ReadEventsRequest& request) {
    const auto response = read_events(**log.store->read(), request);
    return response ? "none" : response.error().name();
  }
  std::string at(Sequence sequence) { return log.cursor(sequence); }

  TestLog log;
};

using Sequences = std::vector<Sequence>;

TEST_F(ReadingTest, ServesUnchangedWhatWasStoredLargerThanIsTakenToday) {
  const std::string large(std::size_t{64} << 10, 'x');
  log.publish("channels/x", large);
  EXPECT_EQ(read({"channels/x"}).events(0).data(), large);
}

TEST_F(ReadingTest, AnswersWhatComesAfterACursorInOrder) {
  log.publish("channels/x");  // 1
  log.update("alice", "t1");  // 2
  log.publish("channels/y");  // 3
  log.update("alice", "t1");  // 4
  const auto page = read({"tasks/alice", "channels/x"}, at(1));
  EXPECT_EQ(sequences_of(page.events()), (Sequences{2, 4}));
  EXPECT_EQ(page.through(), at(4));
  EXPECT_EQ(page.head(), at(4));
  EXPECT_FALSE(page.skipped());
  EXPECT_FALSE(page.has_reset());
}

TEST_F(ReadingTest, ReadsEveryTopicWhereNoneIsNamed) {
  log.publish("channels/x");
  log.update("alice", "t1");
  EXPECT_EQ(sequences_of(read({}, at(0)).events()), (Sequences{1, 2}));
}

TEST_F(ReadingTest, ReadsATopicOnceHoweverOftenItIsNamed) {
  log.publish("channels/x");
  EXPECT_EQ(sequences_of(read({"channels/x", "channels/x"}, at(0)).events()), (Sequences{1}));
}

TEST_F(ReadingTest, GoesOnFromPageToPage) {
  for (int i = 0; i < 5; ++i) log.publish(i % 2 == 0 ? "channels/x" : "channels/y");
  const auto first = read({"channels/x"}, at(0), {}, 2);
  EXPECT_EQ(sequences_of(first.events()), (Sequences{1, 3}));
  EXPECT_EQ(first.through(), at(3));
  const auto second = read({"channels/x"}, first.through(), {}, 2);
  EXPECT_EQ(sequences_of(second.events()), (Sequences{5}));
  EXPECT_EQ(second.through(), at(5));
}

TEST_F(ReadingTest, KeepsAPageBelow256KiBButGivesAlwaysAnEvent) {
  for (int i = 0; i < 6; ++i) log.publish("channels/x", std::string(60'000, 'x'));
  log.publish("channels/x", std::string(300'000, 'x'));
  EXPECT_EQ(read({}, at(0)).events_size(), 4);
  EXPECT_EQ(sequences_of(read({}, at(6)).events()), (Sequences{7}));
}

TEST_F(ReadingTest, RefusesWhatIsNoCursor) {
  const auto page = read({"channels/x"}, "nonsense");
  EXPECT_EQ(page.reset().reason(), v1::RESET_REASON_MALFORMED);
  EXPECT_EQ(page.reset().cursor(), "");
  EXPECT_EQ(page.head(), at(0));
  EXPECT_EQ(page.through(), "");
}

TEST_F(ReadingTest, RefusesACursorOfAnotherLog) {
  const auto page = read({"channels/x"}, "other-0");
  EXPECT_EQ(page.reset().reason(), v1::RESET_REASON_EPOCH);
  EXPECT_EQ(page.reset().cursor(), "other-0");
}

TEST_F(ReadingTest, RefusesACursorBeyondTheHead) {
  log.publish("channels/x");
  EXPECT_EQ(read({"channels/x"}, at(2)).reset().reason(), v1::RESET_REASON_AHEAD);
  EXPECT_FALSE(read({"channels/x"}, at(1)).has_reset());
}

TEST_F(ReadingTest, RefusesACursorBelowATrimmedEventWithoutKey) {
  for (int i = 0; i < 3; ++i) log.publish("channels/x");
  log.trim("channels/x", 2);
  EXPECT_EQ(read({"channels/x"}, at(1)).reset().reason(), v1::RESET_REASON_EXPIRED);
  EXPECT_FALSE(read({"channels/x"}, at(2)).has_reset());
  EXPECT_FALSE(read({"channels/y"}, at(1)).has_reset()) << "another topic's history is whole";
  EXPECT_EQ(read({}, at(1)).reset().reason(), v1::RESET_REASON_EXPIRED);
}

TEST_F(ReadingTest, RefusesACursorBelowATrimmedDeletion) {
  log.update("alice", "t1");  // 1
  log.remove("alice", "t1");  // 2
  log.update("alice", "t2");  // 3
  log.trim("tasks/alice", 2);
  EXPECT_EQ(read({"tasks/alice"}, at(1)).reset().reason(), v1::RESET_REASON_EXPIRED);
  EXPECT_FALSE(read({"tasks/alice"}, at(2)).has_reset());
}

TEST_F(ReadingTest, DoesNotRefuseWhereOnlySupersededEventsAreGone) {
  log.update("alice", "t1");  // 1
  log.update("alice", "t1");  // 2
  log.update("alice", "t1");  // 3
  log.trim("tasks/alice", 2);
  const auto whole = read({"tasks/alice"}, at(0));
  EXPECT_EQ(sequences_of(whole.events()), (Sequences{3}));
  EXPECT_TRUE(whole.skipped());
  EXPECT_FALSE(read({"tasks/alice"}, at(2)).skipped());
}

TEST_F(ReadingTest, ReadsLatestWhereMoreThanTheLagLiesAhead) {
  log.update("alice", "t1");  // 1
  log.update("alice", "t2");  // 2
  log.update("alice", "t1");  // 3
  log.remove("alice", "t2");  // 4
  log.publish("channels/x");  // 5
  log.publish("channels/x");  // 6
  const auto latest = read({"tasks/alice", "channels/x"}, at(0), 3);
  EXPECT_EQ(sequences_of(latest.events()), (Sequences{3, 4, 5, 6}));
  EXPECT_TRUE(latest.skipped());
  const auto whole = read({"tasks/alice", "channels/x"}, at(0), 4);
  EXPECT_EQ(sequences_of(whole.events()), (Sequences{1, 2, 3, 4, 5, 6}));
  EXPECT_FALSE(whole.skipped());
}

TEST_F(ReadingTest, ReadsLatestWhereSomethingAheadWasTrimmed) {
  for (int i = 0; i < 3; ++i) log.update("alice", "t1");
  log.update("alice", "t2");  // 4
  log.update("alice", "t2");  // 5
  log.trim("tasks/alice", 1);
  const auto latest = read({"tasks/alice"}, at(0), 1000);
  EXPECT_EQ(sequences_of(latest.events()), (Sequences{3, 5}));
  EXPECT_TRUE(latest.skipped());
  EXPECT_EQ(sequences_of(read({"tasks/alice"}, at(1), 1000).events()), (Sequences{2, 3, 4, 5}));
}

TEST_F(ReadingTest, JudgesTheLagOfEachTopicForItself) {
  log.update("alice", "t1");  // 1
  log.update("bob", "t2");    // 2
  log.update("alice", "t1");  // 3
  log.update("alice", "t1");  // 4
  log.update("bob", "t2");    // 5
  for (const auto& topics : {std::vector<std::string>{"tasks/alice", "tasks/bob"}, std::vector<std::string>{}}) {
    const auto page = read(topics, at(0), 2);
    EXPECT_EQ(sequences_of(page.events()), (Sequences{2, 4, 5}));
    EXPECT_TRUE(page.skipped());
  }
}

TEST_F(ReadingTest, BeginsAtTheOldestKeptWithoutACursor) {
  for (int i = 0; i < 4; ++i) log.publish("channels/x");
  EXPECT_FALSE(read({"channels/x"}).skipped());
  log.trim("channels/x", 2);
  const auto page = read({"channels/x"});
  EXPECT_EQ(sequences_of(page.events()), (Sequences{3, 4}));
  EXPECT_TRUE(page.skipped());
  EXPECT_FALSE(page.has_reset());
}

TEST_F(ReadingTest, NeverEndsAPageWhereTheNextWouldBeRefused) {
  for (int i = 0; i < 4; ++i) log.publish("channels/y");
  for (int i = 0; i < 4; ++i) log.publish("channels/x");
  log.trim("channels/x", 6);
  EXPECT_EQ(sequences_of(read({"channels/x", "channels/y"}).events()), (Sequences{1, 2, 3, 4, 7, 8}));
  const auto page = read({"channels/x", "channels/y"}, "", {}, 2);
  EXPECT_EQ(sequences_of(page.events()), (Sequences{7, 8}));
  EXPECT_FALSE(read({"channels/x", "channels/y"}, page.through()).has_reset());
}

TEST_F(ReadingTest, AnswersTheStateUpToWhereItBegan) {
  log.update("alice", "t1");    // 1
  log.update("alice", "t2");    // 2
  log.publish("channels/x");    // 3
  log.update("alice", "t1");    // 4
  log.update("alice", "gone");  // 5
  log.remove("alice", "gone");  // 6
  log.update("bob", "t3");      // 7
  const auto first = state({"tasks/alice", "channels/x"}, "", "", {}, 1);
  EXPECT_EQ(sequences_of(first.events()), (Sequences{2}));
  EXPECT_EQ(first.until(), at(7));
  log.update("alice", "t1");  // 8: follows after the state
  const auto second = state({"tasks/alice", "channels/x"}, first.through(), first.until(), {}, 1);
  EXPECT_TRUE(second.events().empty());
  EXPECT_EQ(second.through(), second.until());
  EXPECT_EQ(second.until(), at(7));
}

TEST_F(ReadingTest, AddsToTheStateWhatIsKeptWithoutKey) {
  log.publish("channels/x");  // 1
  log.update("alice", "t1");  // 2
  log.publish("channels/x");  // 3
  for (const auto& topics : {std::vector<std::string>{"tasks/alice", "channels/x"}, std::vector<std::string>{}}) {
    EXPECT_EQ(sequences_of(state(topics).events()), (Sequences{2}));
    EXPECT_EQ(sequences_of(state(topics, "", "", "").events()), (Sequences{1, 2, 3}));
    EXPECT_EQ(sequences_of(state(topics, "", "", at(1)).events()), (Sequences{2, 3}));
    EXPECT_EQ(sequences_of(state(topics, at(2), at(3), at(1)).events()), (Sequences{3}));
  }
}

TEST_F(ReadingTest, PassesOverOnlySoMuchForOnePage) {
  log.publish("channels/x");  // 1
  log.commit([](Transaction& transaction) {
    v1::Task task;
    task.set_task_id("t1");
    task.set_user_id("alice");
    task.set_state(v1::TASK_STATE_RUNNING);
    for (int i = 0; i < 12'000; ++i) transaction.put_task(task);
  });
  log.publish("channels/x");  // 12002
  auto page = state({}, "", "", "");
  EXPECT_EQ(sequences_of(page.events()), (Sequences{1}));
  EXPECT_LT(parse_cursor(page.through())->sequence, 12'001);
  Sequences rest;
  while (page.through() != page.until()) {
    page = state({}, page.through(), page.until(), "");
    for (const auto sequence : sequences_of(page.events())) rest.push_back(sequence);
  }
  EXPECT_EQ(rest, (Sequences{12'001, 12'002}));

  Sequences latest;
  for (auto place = at(0); place != at(12'002); place = page.through()) {
    page = read({}, place, 1000);
    for (const auto sequence : sequences_of(page.events())) latest.push_back(sequence);
  }
  EXPECT_EQ(latest, (Sequences{1, 12'001, 12'002}));
  EXPECT_TRUE(read({}, at(0), 1000).skipped());
}

TEST_F(ReadingTest, ReadsOfEveryTopicThoseLatestThatAreFarBehindOrTrimmed) {
  for (int i = 0; i < 3; ++i) log.update("alice", "a");  // 1 2 3
  log.update("bob", "b");                                // 4
  log.update("bob", "b");                                // 5
  log.publish("channels/x");                             // 6
  log.update("carol", "gone");                           // 7
  log.remove("carol", "gone");                           // 8
  const auto page = read({}, at(0), 2);
  EXPECT_EQ(sequences_of(page.events()), (Sequences{3, 4, 5, 6, 7, 8}));
  EXPECT_TRUE(page.skipped());
  EXPECT_FALSE(read({}, at(0), 3).skipped());
  log.trim("tasks/bob", 4);
  EXPECT_EQ(sequences_of(read({}, at(0), 3).events()), (Sequences{1, 2, 3, 5, 6, 7, 8}));
  EXPECT_TRUE(read({}, at(0), 3).skipped());
}

TEST_F(ReadingTest, AnswersOutOfTheTailAsOutOfTheStore) {
  for (int i = 0; i < 300; ++i) {
    const std::string user = i % 3 == 0 ? "alice" : "bob";
    log.update(user, user + std::to_string(i % 7));
    if (i % 5 == 0) log.publish("channels/x");
    if (i % 40 == 0) log.remove("bob", "gone" + std::to_string(i));
  }
  for (const auto& topics : std::vector<std::vector<std::string>>{
           {}, {"tasks/alice"}, {"tasks/alice", "tasks/bob", "channels/x"}, {"channels/x"}, {"channels/quiet"}}) {
    for (const Sequence after : {0, 1, 150, 300, 367, 368}) {
      for (const std::optional<std::int64_t> max_lag : {std::optional<std::int64_t>(), {0}, {50}, {1000}}) {
        for (const int page_size : {0, 1, 17}) {
          if (topics.empty() && max_lag) continue;  // the store alone answers
          v1::ReadEventsRequest request;
          request.mutable_topics()->Assign(topics.begin(), topics.end());
          request.set_after(at(after));
          if (max_lag) request.set_max_lag(*max_lag);
          request.set_page_size(page_size);
          const auto of_tail = read_events(log.log->tail(), log.log->epoch(), request);
          ASSERT_TRUE(of_tail) << request.ShortDebugString();
          auto from_memory = parsed(*of_tail);
          auto from_store = answer(request);
          // Behind its last event the tail knows how far nothing follows.
          EXPECT_GE(parse_cursor(from_memory.through())->sequence, parse_cursor(from_store.through())->sequence);
          from_memory.clear_through();
          from_store.clear_through();
          EXPECT_EQ(from_memory.SerializeAsString(), from_store.SerializeAsString()) << request.ShortDebugString();
        }
      }
    }
  }
}

TEST_F(ReadingTest, HasAnEventOfNamedTopicsIfThereIsOneHoweverManyAreSuperseded) {
  log.commit([](Transaction& transaction) {
    v1::Task task;
    task.set_task_id("t1");
    task.set_user_id("alice");
    task.set_state(v1::TASK_STATE_RUNNING);
    for (int i = 0; i < 5'000; ++i) transaction.put_task(task);
  });
  v1::ReadEventsRequest request;
  request.add_topics("tasks/alice");
  request.set_after(at(0));
  request.set_max_lag(10);
  const auto page = read_events(log.log->tail(), log.log->epoch(), request);
  ASSERT_TRUE(page);
  EXPECT_EQ(sequences_of(page->events), (Sequences{5'000}));
  EXPECT_TRUE(page->response.skipped());
  EXPECT_EQ(page->response.through(), at(5'000));
}

TEST_F(ReadingTest, LeavesToTheStoreWhatTheTailCannotSay) {
  log.publish("channels/x");
  const auto is_left = [&](const v1::ReadEventsRequest& request) {
    return !read_events(log.log->tail(), log.log->epoch(), request);
  };
  v1::ReadEventsRequest request;
  EXPECT_TRUE(is_left(request)) << "the oldest kept";
  for (const auto& after : {std::string("nonsense"), std::string("other-0"), at(2)}) {
    request.set_after(after);
    EXPECT_TRUE(is_left(request)) << after;
  }
  request.set_after(at(0));
  EXPECT_FALSE(is_left(request));
  request.set_state(true);
  EXPECT_TRUE(is_left(request));
  request.set_state(false);
  request.set_page_size(-1);
  EXPECT_TRUE(is_left(request));
  request.set_page_size(0);
  request.add_topics("nonsense");
  EXPECT_TRUE(is_left(request));
  request.clear_topics();
  request.set_max_lag(-1);
  EXPECT_TRUE(is_left(request));
}

TEST_F(ReadingTest, EndsAStateWithoutTaskTopicsAtTheHighestTrimmed) {
  for (int i = 0; i < 3; ++i) log.publish("channels/x");
  EXPECT_EQ(state({"channels/x"}, "", "", "").until(), at(0));
  log.trim("channels/x", 2);
  const auto page = state({"channels/x"}, "", "", "");
  EXPECT_EQ(page.until(), at(2));
  EXPECT_EQ(page.through(), at(2));
  EXPECT_TRUE(page.events().empty());
}

TEST_F(ReadingTest, RefusesAPlaceOfAStateOfAnotherLog) {
  log.publish("channels/x");
  EXPECT_EQ(state({}, "other-1", at(1)).reset().reason(), v1::RESET_REASON_EPOCH);
  EXPECT_EQ(state({}, "", "other-1").reset().reason(), v1::RESET_REASON_EPOCH);
  EXPECT_EQ(state({}, "", "", "other-1").reset().reason(), v1::RESET_REASON_EPOCH);
  EXPECT_EQ(state({}, "", at(9)).reset().reason(), v1::RESET_REASON_AHEAD);
  EXPECT_EQ(state({}, "nonsense").reset().reason(), v1::RESET_REASON_MALFORMED);
}

TEST_F(ReadingTest, RefusesRequestsThatSayNothingSensible) {
  v1::ReadEventsRequest request;
  request.add_topics("nonsense");
  EXPECT_EQ(refused(request), "INVALID_TOPIC");
  request.Clear();
  for (int i = 0; i <= 64; ++i) request.add_topics("channels/" + std::to_string(i));
  EXPECT_EQ(refused(request), "INVALID_TOPIC");
  for (const int size : {-1, 257}) {
    request.Clear();
    request.set_page_size(size);
    EXPECT_EQ(refused(request), "INVALID_PAGE_SIZE");
  }
  request.Clear();
  request.set_state(true);
  request.set_until("nonsense");
  EXPECT_EQ(refused(request), "INVALID_CURSOR");
  request.set_until("");
  request.set_others_after("nonsense");
  EXPECT_EQ(refused(request), "INVALID_CURSOR");
}

}  // namespace
}  // namespace taskwire::engine
