#include "log/resume_feed.h"

#include <gtest/gtest.h>

#include "engine/support/test_log.h"
#include "log/tail_feed.h"

namespace taskwire::engine {
namespace {

/// Messages in short: `start 3`, `batch 4 5 through 5`, `batch 4 through -`, `reset EXPIRED 2`, `synced 7`, `skipped 1
/// 5`.
std::string shown(const v1::WatchResponse& message) {
  const auto place = [](const std::string& cursor) {
    return cursor.empty() ? "-" : std::to_string(parse_cursor(cursor)->sequence);
  };
  switch (message.message_case()) {
    case v1::WatchResponse::kStart:
      return "start " + place(message.start().after());
    case v1::WatchResponse::kBatch: {
      std::string text = "batch";
      for (const auto sequence : sequences_of(message.batch().events())) text += " " + std::to_string(sequence);
      return text + " through " + place(message.batch().through());
    }
    case v1::WatchResponse::kReset:
      return "reset " + v1::ResetReason_Name(message.reset().reason()).substr(13) + " " +
             place(message.reset().cursor());
    case v1::WatchResponse::kSynced:
      return "synced " + place(message.synced().cursor());
    case v1::WatchResponse::kSkipped:
      return "skipped " + place(message.skipped().from()) + " " + place(message.skipped().to());
    default:
      return "?";
  }
}

class FeedTest : public testing::Test {
 protected:
  /// All messages until there is none.
  std::vector<std::string> drain(Feed& feed) {
    std::vector<std::string> messages;
    for (;;) {
      const auto message = next(feed);
      if (!message) return messages;
      messages.push_back(shown(*message));
    }
  }
  /// The next message, from wherever it is.
  std::optional<v1::WatchResponse> next(Feed& feed) {
    auto found = feed.next();
    if (const auto* const message = std::get_if<WatchMessage>(&found)) return parsed(*message);
    if (std::holds_alternative<Feed::Nothing>(found)) return std::nullopt;
    const auto reader = *log.log->read();
    const auto message = feed.next_of_store(*reader);
    EXPECT_FALSE(reader->error());
    return message ? std::optional(parsed(*message)) : std::nullopt;
  }
  ResumeFeed feed(const Topics& topics, const v1::WatchRequest& request) { return {*log.log, topics, request}; }
  ResumeFeed from(const Topics& topics, const std::string& cursor) {
    v1::WatchRequest request;
    request.set_cursor(cursor);
    return feed(topics, request);
  }
  TailFeed tail(const Topics& topics, const std::string& after, std::int64_t events) {
    v1::WatchRequest::Tail tail;
    tail.set_after(after);
    tail.set_events(events);
    return {*log.log, topics, tail};
  }

  TestLog log{{.tail = {.events = 4}}};
};

using ResumeFeedTest = FeedTest;
using TailFeedMessagesTest = FeedTest;
using Messages = std::vector<std::string>;

TEST_F(ResumeFeedTest, FollowsACursor) {
  for (int i = 0; i < 3; ++i) log.publish("channels/x");
  auto watch = from({"channels/x"}, log.cursor(1));
  EXPECT_EQ(drain(watch), (Messages{"start 1", "batch 2 3 through 3"}));
  EXPECT_EQ(watch.place(), 3);
  log.publish("channels/y");
  EXPECT_EQ(drain(watch), Messages{});
  EXPECT_EQ(watch.place(), 4);
  log.publish("channels/x");
  EXPECT_EQ(drain(watch), (Messages{"batch 5 through 5"}));
}

TEST_F(ResumeFeedTest, ReadsTheStoreUntilTheTailReachesIt) {
  for (int i = 0; i < 300; ++i) log.publish("channels/x");
  auto watch = from({"channels/x"}, log.cursor(0));
  const auto messages = drain(watch);
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_TRUE(messages[1].ends_with(" 256 through 256"));
  EXPECT_TRUE(messages[2].ends_with(" 300 through 300"));
}

TEST_F(ResumeFeedTest, BeginsNowByDefault) {
  log.publish("channels/x");
  auto watch = feed({"channels/x"}, {});
  EXPECT_EQ(drain(watch), (Messages{"start 1"}));
  log.publish("channels/x");
  EXPECT_EQ(drain(watch), (Messages{"batch 2 through 2"}));
}

TEST_F(ResumeFeedTest, GivesTheStateForASnapshot) {
  log.update("a", "t1");
  log.publish("channels/x");
  log.update("a", "t1");
  v1::WatchRequest request;
  request.mutable_snapshot();
  auto watch = feed({"tasks/a", "channels/x"}, request);
  EXPECT_EQ(drain(watch), (Messages{"reset START -", "batch 3 through -", "synced 3"}));
  log.update("a", "t1");
  EXPECT_EQ(drain(watch), (Messages{"batch 4 through 4"}));
}

TEST_F(ResumeFeedTest, GivesAnEmptyStateToo) {
  v1::WatchRequest request;
  request.mutable_snapshot();
  auto watch = feed({}, request);
  EXPECT_EQ(drain(watch), (Messages{"reset START -", "synced 0"}));
}

TEST_F(ResumeFeedTest, TakesASnapshotWithoutTaskTopicsForNow) {
  log.publish("channels/x");
  v1::WatchRequest request;
  request.mutable_snapshot();
  auto watch = feed({"channels/x"}, request);
  EXPECT_EQ(drain(watch), (Messages{"start 1"}));
}

TEST_F(ResumeFeedTest, GivesAllThatIsKeptFromTheEarliest) {
  log.publish("channels/x");
  log.update("a", "t1");
  log.publish("channels/x");
  v1::WatchRequest request;
  request.mutable_earliest();
  auto both = feed({"tasks/a", "channels/x"}, request);
  EXPECT_EQ(drain(both), (Messages{"reset START -", "batch 1 2 3 through -", "synced 3"}));
  auto channel = feed({"channels/x"}, request);
  EXPECT_EQ(drain(channel), (Messages{"reset START -", "synced 0", "batch 1 3 through 3"}));
}

TEST_F(ResumeFeedTest, BeginsAnewWhereTheCursorIsRefused) {
  log.publish("channels/x");
  log.update("a", "t1");
  const Topics topics{"channels/x", "tasks/a"};
  const Messages state{"batch 1 2 through -", "synced 2"};
  for (const auto& [cursor, reset] : {std::pair<std::string, std::string>{"nonsense", "reset MALFORMED -"},
                                      {"other-1", "reset EPOCH 1"},
                                      {log.cursor(9), "reset AHEAD 9"}}) {
    auto watch = from(topics, cursor);
    EXPECT_EQ(drain(watch), (Messages{reset, state[0], state[1]}));
  }
}

TEST_F(ResumeFeedTest, OwesAnExpiredReaderWhatIsKeptAfterItsCursor) {
  log.publish("channels/y");  // 1
  log.publish("channels/x");  // 2
  log.publish("channels/y");  // 3
  log.publish("channels/x");  // 4
  log.update("a", "t1");      // 5
  log.trim("channels/x", 2);
  log.restart();
  auto watch = from({"channels/x", "channels/y", "tasks/a"}, log.cursor(1));
  EXPECT_EQ(drain(watch), (Messages{"reset EXPIRED 1", "batch 3 4 5 through -", "synced 5"}));
}

TEST_F(ResumeFeedTest, GoesOnFromTheTailWhatRetentionHasTakenFromTheStore) {
  for (int i = 0; i < 3; ++i) log.publish("channels/x");
  log.trim("channels/x", 3);
  auto watch = from({"channels/x"}, log.cursor(1));
  EXPECT_EQ(drain(watch), (Messages{"start 1", "batch 2 3 through 3"}));
}

TEST_F(ResumeFeedTest, BeginsAnewWhenItFellBehindWhatIsKept) {
  log.publish("channels/x");
  auto watch = from({"channels/x"}, log.cursor(0));
  EXPECT_EQ(shown(*next(watch)), "start 0");
  for (int i = 0; i < 8; ++i) log.publish("channels/x");
  log.trim("channels/x", 3);
  EXPECT_EQ(drain(watch), (Messages{"reset EXPIRED 0", "synced 3", "batch 4 5 6 7 8 9 through 9"}));
}

TEST_F(ResumeFeedTest, SaysWhereSupersededEventsAreMissing) {
  for (int i = 0; i < 8; ++i) log.update("a", "t1");
  log.trim("tasks/a", 2);
  auto watch = from({"tasks/a"}, log.cursor(0));
  EXPECT_EQ(drain(watch), (Messages{"start 0", "skipped 0 8", "batch 3 4 5 6 7 8 through 8"}));
}

TEST_F(ResumeFeedTest, AsksTheStoreOnlyForWhatTheTailDoesNotHold) {
  for (int i = 0; i < 6; ++i) log.publish("channels/x");
  const auto is_in_store = [&](const Topics& topics, const v1::WatchRequest& request) {
    auto watch = feed(topics, request);
    return std::holds_alternative<Feed::InStore>(watch.next());
  };
  v1::WatchRequest covered;
  covered.set_cursor(log.cursor(3));
  EXPECT_FALSE(is_in_store({}, covered));
  EXPECT_FALSE(is_in_store({}, {})) << "from now on";
  v1::WatchRequest snapshot;
  snapshot.mutable_snapshot();
  EXPECT_FALSE(is_in_store({"channels/x"}, snapshot)) << "has no state";
  EXPECT_TRUE(is_in_store({"tasks/a"}, snapshot));
  v1::WatchRequest old;
  old.set_cursor(log.cursor(1));
  EXPECT_TRUE(is_in_store({}, old));
  v1::WatchRequest earliest;
  earliest.mutable_earliest();
  EXPECT_TRUE(is_in_store({}, earliest));
}

TEST_F(TailFeedMessagesTest, GoesOnAfterACursorThatTheTailCovers) {
  for (int i = 0; i < 6; ++i) log.publish("channels/x");
  auto watch = tail({}, log.cursor(3), 0);
  EXPECT_EQ(drain(watch), (Messages{"start 3", "batch 4 5 6 through 6"}));
  log.publish("channels/x");
  EXPECT_EQ(drain(watch), (Messages{"batch 7 through 7"}));
}

TEST_F(TailFeedMessagesTest, BeginsAnewSoManyEventsBackWhereItDoesNot) {
  for (int i = 0; i < 6; ++i) log.publish("channels/x");
  for (const auto& after :
       {std::string(), log.cursor(1), log.cursor(7), std::string("other-4"), std::string("nonsense")}) {
    auto watch = tail({}, after, 2);
    EXPECT_EQ(drain(watch), (Messages{"start 4", "batch 5 6 through 6"}));
    auto head = tail({}, after, 0);
    EXPECT_EQ(drain(head), (Messages{"start 6"}));
    auto all = tail({}, after, 1000);
    EXPECT_EQ(drain(all), (Messages{"start 2", "batch 3 4 5 6 through 6"}));
  }
}

TEST_F(TailFeedMessagesTest, BeginsAnewWhenItFellBehindTheTail) {
  log.publish("channels/x");
  auto watch = tail({}, "", 0);
  EXPECT_EQ(drain(watch), (Messages{"start 1"}));
  for (int i = 0; i < 6; ++i) log.publish("channels/x");
  EXPECT_EQ(drain(watch), (Messages{"start 7"}));
  auto longer = tail({}, "", 3);
  EXPECT_EQ(shown(*next(longer)), "start 4");
  for (int i = 0; i < 6; ++i) log.publish("channels/x");
  EXPECT_EQ(drain(longer), (Messages{"start 10", "batch 11 12 13 through 13"}));
}

TEST_F(TailFeedMessagesTest, ReadsTheTopicsAskedFor) {
  log.publish("channels/x");
  log.publish("channels/y");
  log.update("a", "t1");
  auto watch = tail({"channels/x", "tasks/a"}, log.cursor(0), 0);
  EXPECT_EQ(drain(watch), (Messages{"start 0", "batch 1 3 through 3"}));
}

}  // namespace
}  // namespace taskwire::engine
