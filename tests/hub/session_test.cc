#include "hub/session.h"

#include <chrono>
#include <gtest/gtest.h>
#include <numeric>

#include "hub/events.h"
#include "resume/sse_parser.h"

namespace taskwire::edge {
namespace {

using From = StreamStart::From;
using Need = Session::Need;
using Lines = std::vector<std::string>;

struct DeafReader : Hub::Subscriber {
  void on_news() override {}
};

/// A session whose frames are read back, each as `type data|id` of an EventSource, or `id …` for an id without event.
class SessionTest : public testing::Test {
 protected:
  SessionTest() { hub.start({"e", 10}); }
  ~SessionTest() override { hub.unsubscribe(self); }

  void open(std::vector<std::string> topics, StreamStart start, std::string task = "", std::int64_t max_lag = 1000) {
    open({.topics = std::move(topics), .task_id = std::move(task), .start = std::move(start)}, max_lag);
  }
  void open(StreamRequest request, std::int64_t max_lag = 1000) {
    hub.subscribe(self, request.topics);
    means.emplace(Session::Means{max_lag, metrics});
    session.emplace(std::move(request), *means, hub);
  }
  void append(const v1::Event& event) {
    const EventPtr ready = make_event(event, WithId::yes);
    hub.append({&ready, 1}, ready->sequence);
  }
  void deliver() {
    while (hub.deliver(10)) {
    }
    session->advance(hub, self);
  }

  Lines read(const Session::Budget& budget = {}) {
    std::vector<FramePtr> before;
    std::vector<const EventPtr*> events;
    has_more = session->read(hub, budget, before, events);
    for (const auto* event : events) before.push_back(frame_of(*event));
    return lines(before);
  }
  static std::uint64_t count(const Histogram& histogram) {
    const auto counts = histogram.value().counts;
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  }
  Lines take(const Page& page) {
    std::vector<FramePtr> frames;
    session->take(page, hub, frames);
    return lines(frames);
  }
  static Lines lines(const std::vector<FramePtr>& frames) {
    Lines out;
    for (const auto& frame : frames) {
      bool has_event = false;
      SseParser parser([&](const SseEvent& event) {
        has_event = true;
        out.push_back(event.type + (event.type == "message" || event.type == "taskUpdate" ? "" : " " + event.data) +
                      "|" + event.last_event_id);
      });
      parser.feed(frame->plain());
      if (!has_event) out.push_back("id " + parser.last_event_id());
    }
    return out;
  }
  [[nodiscard]] std::string heartbeat() {
    const auto cursor = session->heartbeat_id(hub, self);
    return cursor ? to_string(*cursor) : "none";
  }
  [[nodiscard]] std::string complete() const {
    const auto cursor = session->complete(hub, self);
    return cursor ? to_string(*cursor) : "none";
  }

  static Page page(std::vector<v1::Event> events, Cursor through, WithId with_id = WithId::yes) {
    Page made;
    for (const auto& event : events) made.events.push_back(make_event(event, with_id));
    made.through = std::move(through);
    made.head = {"e", 50};
    return made;
  }
  static Page state(std::vector<v1::Event> events, Sequence through, Sequence until) {
    Page made = page(std::move(events), {"e", through}, WithId::no);
    made.until = Cursor{"e", until};
    return made;
  }
  static Page refusal(v1::ResetReason reason) {
    Page made;
    made.head = {"e", 50};
    made.reset = reason;
    return made;
  }

  Hub hub{{.events = 100, .bytes = 1 << 20}};
  DeafReader self;
  StreamMetrics metrics;
  std::optional<Session::Means> means;
  std::optional<Session> session;
  bool has_more = false;
};

TEST_F(SessionTest, ResumesFromTheHubWithTheClientsOwnId) {
  append(published("e", 11, "channels/x"));
  append(published("e", 12, "channels/x"));
  open({"channels/x"}, {From::cursor, "e-11"});
  EXPECT_EQ(complete(), "none");
  ASSERT_EQ(session->next(hub), Need::hub);
  EXPECT_EQ(read(), (Lines{"id e-11", "message|e-12"}));
  EXPECT_EQ(complete(), "e-12");
  EXPECT_EQ(read(), Lines{});
}

TEST_F(SessionTest, CountsAResumeThatTheHubServes) {
  for (Sequence s = 11; s <= 13; ++s) append(published("e", s, "channels/x"));
  append(published("e", 14, "channels/y"));
  open({"channels/x"}, {From::cursor, "e-11"});
  read({.frames = 1});
  read();
  EXPECT_EQ(metrics.resume_hits.value(), 1U);
  EXPECT_EQ(metrics.resume_misses.value(), 0U);
  EXPECT_EQ(metrics.events.value(), 2U);
  EXPECT_EQ(metrics.replayed.value().sum, 2U);
  EXPECT_EQ(count(metrics.replayed), 1U);
  EXPECT_EQ(metrics.lag.value().sum, 3U + 2U);
  EXPECT_EQ(count(metrics.latency), 0U) << "what it missed is old";
}

TEST_F(SessionTest, MeasuresTheLatencyOfWhatIsNew) {
  using std::chrono::milliseconds;
  open({"channels/x"}, {From::cursor, "e-10"});
  read();
  for (Sequence s = 11; s <= 12; ++s) {
    auto event = published("e", s, "channels/x");
    event.mutable_time()->set_seconds(100 + s);
    append(event);
  }
  metrics.now = std::chrono::system_clock::time_point(std::chrono::seconds(112) + milliseconds(7));
  read();
  EXPECT_EQ(count(metrics.latency), 1U) << "of the one that waited longest";
  EXPECT_EQ(metrics.latency.value().sum, 1'007'000'000U);
  EXPECT_EQ(metrics.replayed.value().sum, 0U);
  EXPECT_EQ(count(metrics.replayed), 1U);
}

TEST_F(SessionTest, CountsWhatTheEngineIsAskedAndResets) {
  open({"channels/x"}, {From::cursor, "e-5"});
  take(refusal(v1::RESET_REASON_EXPIRED));
  take(state({published("e", 7, "channels/x")}, 10, 10));
  read();
  EXPECT_EQ(metrics.resume_misses.value(), 1U);
  EXPECT_EQ(metrics.resets[v1::RESET_REASON_EXPIRED].value(), 1U);
  EXPECT_EQ(metrics.events.value(), 1U);
  EXPECT_EQ(count(metrics.replayed), 0U) << "it was given the state instead";
}

TEST_F(SessionTest, CountsSkips) {
  open({"tasks/alice"}, {From::cursor, "e-10"}, "", 1);
  for (Sequence s = 11; s <= 14; ++s) append(task_update("e", s, "alice", "k3v7qm2xw5ta"));
  read();
  EXPECT_EQ(metrics.skips.value(), 1U);
  EXPECT_EQ(metrics.events.value(), 1U);
}

TEST_F(SessionTest, StartsNowAfterTheHeadThatTheEngineTells) {
  open({"channels/x"}, {From::now, ""});
  ASSERT_EQ(session->next(hub), Need::page);
  EXPECT_EQ(session->page_request().topics_size(), 0);
  EXPECT_EQ(take(page({}, {"e", 1})), (Lines{"id e-50"}));
  EXPECT_EQ(session->next(hub), Need::news);
  EXPECT_EQ(complete(), "e-50");
}

TEST_F(SessionTest, AsksTheEngineForWhatTheHubDoesNotCover) {
  open({"channels/x"}, {From::cursor, "e-5"});
  ASSERT_EQ(session->next(hub), Need::page);
  const auto request = session->page_request();
  EXPECT_EQ(request.after(), "e-5");
  EXPECT_EQ(request.topics(0), "channels/x");
  EXPECT_TRUE(request.has_max_lag());
  EXPECT_EQ(take(page({published("e", 7, "channels/x")}, {"e", 10})), (Lines{"id e-5", "message|e-7"}));
  EXPECT_EQ(session->next(hub), Need::hub);
}

TEST_F(SessionTest, WaitsForTheHubAboveItsHeadOnlyWhenTheEngineKnowsTheCursor) {
  open({"channels/x"}, {From::cursor, "e-30"});
  EXPECT_EQ(session->next(hub), Need::page);
  EXPECT_EQ(take(page({}, {"e", 31})), (Lines{"id e-30"}));
  EXPECT_EQ(session->next(hub), Need::news);
  hub.append({}, 31);
  EXPECT_EQ(session->next(hub), Need::hub);
}

TEST_F(SessionTest, AsksOnceWhileTheEngineHasNothingMore) {
  hub.start({"other", 3});
  open({"channels/x"}, {From::cursor, "e-30"});
  auto nothing = page({}, {"e", 30});
  nothing.head = nothing.through;
  take(nothing);
  EXPECT_EQ(session->next(hub), Need::news);
  hub.append({}, 4);
  EXPECT_EQ(session->next(hub), Need::page);
}

TEST_F(SessionTest, AsksOnBelowTheEnginesHeadThoughAPageHadNothing) {
  hub.start({"other", 3});
  open({"channels/x"}, {From::cursor, "e-30"});
  take(page({}, {"e", 40}));
  EXPECT_EQ(session->next(hub), Need::page);
  EXPECT_EQ(session->page_request().after(), "e-40");
}

TEST_F(SessionTest, SendsTheStateWithoutIdsBetweenResetAndSynced) {
  open({"tasks/a"}, {From::snapshot, ""});
  EXPECT_TRUE(session->page_request().state());
  EXPECT_FALSE(session->page_request().has_others_after());
  EXPECT_EQ(take(state({task_update("e", 3, "a", "t1")}, 3, 20)),
            (Lines{R"(reset {"reason":"start"}|)", "taskUpdate|"}));
  EXPECT_EQ(complete(), "none");
  const auto request = session->page_request();
  EXPECT_EQ(request.after(), "e-3");
  EXPECT_EQ(request.until(), "e-20");
  EXPECT_EQ(take(state({task_update("e", 15, "a", "t2")}, 20, 20)),
            (Lines{"taskUpdate|", R"(synced {"cursor":"e-20"}|e-20)"}));
  EXPECT_EQ(complete(), "e-20");
}

TEST_F(SessionTest, ResetsWithCauseAndAsksForWhatIsKeptAfterTheCursor) {
  open({"channels/x"}, {From::cursor, "e-2"});
  EXPECT_EQ(take(refusal(v1::RESET_REASON_EXPIRED)), Lines{});
  ASSERT_EQ(session->next(hub), Need::page);
  EXPECT_EQ(session->page_request().others_after(), "e-2");
  EXPECT_EQ(take(state({}, 8, 8)),
            (Lines{R"(reset {"reason":"expired","cursor":"e-2"}|)", R"(synced {"cursor":"e-8"}|e-8)"}));
}

TEST_F(SessionTest, AsksForAllThatIsKeptAfterAForeignId) {
  for (const auto reason : {v1::RESET_REASON_EPOCH, v1::RESET_REASON_AHEAD}) {
    hub.unsubscribe(self);
    open({"channels/x"}, {From::cursor, "zz-99"});
    EXPECT_EQ(take(refusal(reason)), Lines{});
    EXPECT_TRUE(session->page_request().has_others_after());
    EXPECT_EQ(session->page_request().others_after(), "");
  }
}

TEST_F(SessionTest, TellsAMalformedIdByAReset) {
  open({"channels/x"}, {From::cursor, "no id"});
  EXPECT_TRUE(session->page_request().state());
  EXPECT_EQ(take(state({published("e", 4, "channels/x")}, 8, 8)),
            (Lines{R"(reset {"reason":"malformed"}|)", "message|", R"(synced {"cursor":"e-8"}|e-8)"}));
}

TEST_F(SessionTest, GivesFromEarliestAllThatIsKept) {
  open({"channels/x", "tasks/a"}, {From::earliest, ""});
  EXPECT_TRUE(session->page_request().has_others_after());
  EXPECT_EQ(session->page_request().others_after(), "");
}

TEST_F(SessionTest, BeginsTheStateAnewWhenTheLogIsAnotherOne) {
  open({"tasks/a"}, {From::snapshot, ""});
  take(state({}, 3, 20));
  EXPECT_EQ(take(refusal(v1::RESET_REASON_EPOCH)), Lines{});
  EXPECT_EQ(session->page_request().until(), "");
}

TEST_F(SessionTest, JudgesTheIdOfAnAddedTopicForTopicsWithoutKeysAlone) {
  open({"channels/x", "tasks/a"}, {From::added, "e-5"});
  ASSERT_EQ(session->page_request().topics_size(), 1);
  EXPECT_EQ(session->page_request().topics(0), "channels/x");
  EXPECT_EQ(take(page({}, {"e", 50})), Lines{});
  EXPECT_TRUE(session->page_request().state());
  EXPECT_EQ(session->page_request().others_after(), "e-5");
  EXPECT_EQ(take(state({}, 20, 20)).front(), R"(reset {"reason":"start"}|)");
}

TEST_F(SessionTest, RefusesTheIdOfAnAddedTopicWithItsOwnReason) {
  open({"channels/x", "tasks/a"}, {From::added, "e-5"});
  take(refusal(v1::RESET_REASON_EXPIRED));
  EXPECT_EQ(session->page_request().others_after(), "e-5");
  EXPECT_EQ(take(state({}, 20, 20)).front(), R"(reset {"reason":"expired","cursor":"e-5"}|)");
}

TEST_F(SessionTest, SkipsWhatIsSupersededWhenFarBehind) {
  for (Sequence s = 11; s <= 14; ++s) append(task_update("e", s, "a", "t1"));
  open({"tasks/a"}, {From::cursor, "e-10"}, "", 2);
  EXPECT_EQ(read(), (Lines{"id e-10", R"(skipped {"reason":"lagged","from":"e-10","to":"e-14"}|)", "taskUpdate|e-14"}));
}

TEST_F(SessionTest, GoesOnWithTheHeadWhileItsTopicsAreQuiet) {
  open({"channels/x"}, {From::cursor, "e-10"});
  read();
  for (Sequence s = 11; s <= 300; ++s) append(published("e", s, "channels/noise"));
  EXPECT_EQ(complete(), "e-300");
  append(published("e", 301, "channels/x"));
  EXPECT_EQ(complete(), "e-300");
  session->advance(hub, self);
  ASSERT_EQ(session->next(hub), Need::hub);
  EXPECT_EQ(read(), (Lines{"message|e-301"}));
  deliver();
}

TEST_F(SessionTest, KeepsItsHeartbeatsIdThoughTheHubHasEvictedItsLastPlace) {
  open({"channels/x"}, {From::cursor, "e-10"});
  EXPECT_EQ(heartbeat(), "none") << "not judged yet";
  read();
  for (Sequence s = 11; s <= 300; ++s) append(published("e", s, "channels/noise"));
  EXPECT_FALSE(hub.covers({"e", 10}));
  EXPECT_EQ(heartbeat(), "e-300");
  session->advance(hub, self);
  EXPECT_EQ(session->next(hub), Need::hub);
}

TEST_F(SessionTest, GoesOnFromItsHeartbeatsIdThoughTheHubBeganAnew) {
  open({"channels/x"}, {From::cursor, "e-10"});
  read();
  for (Sequence s = 11; s <= 20; ++s) append(published("e", s, "channels/noise"));
  EXPECT_EQ(heartbeat(), "e-20");
  hub.start({"e", 900});
  session->advance(hub, self);
  EXPECT_EQ(complete(), "e-20");
  ASSERT_EQ(session->next(hub), Need::page);
  EXPECT_EQ(session->page_request().after(), "e-20");
  EXPECT_EQ(take(refusal(v1::RESET_REASON_EXPIRED)), Lines{});
  EXPECT_EQ(take(state({}, 30, 30)),
            (Lines{R"(reset {"reason":"expired","cursor":"e-20"}|)", R"(synced {"cursor":"e-30"}|e-30)"}));
}

TEST_F(SessionTest, HasNoHeartbeatsIdWhileItWaitsForTheEngine) {
  open({"channels/x"}, {From::cursor, "e-10"});
  read();
  append(published("e", 11, "channels/x"));
  session->advance(hub, self);  // visited, but the connection takes nothing
  for (Sequence s = 12; s <= 300; ++s) append(published("e", s, "channels/noise"));
  EXPECT_EQ(session->next(hub), Need::page);
  EXPECT_EQ(heartbeat(), "none");
  EXPECT_EQ(complete(), "e-10");
}

TEST_F(SessionTest, GivesAtOnceOnlySoManyBytesButAlwaysAFrame) {
  open({"channels/x"}, {From::cursor, "e-10"});
  for (Sequence s = 11; s <= 14; ++s) append(published("e", s, "channels/x", std::string(1000, 'x')));
  EXPECT_EQ(read({.bytes = 2500}), (Lines{"id e-10", "message|e-11", "message|e-12"}));
  EXPECT_TRUE(has_more);
  EXPECT_EQ(read({.bytes = 10}), (Lines{"message|e-13"}));
  EXPECT_EQ(read({.frames = 1}), (Lines{"message|e-14"}));
  EXPECT_FALSE(has_more);
}

TEST_F(SessionTest, LooksAtOnceAtSoManyEntriesThoughAFilterLeavesThemOut) {
  open({.topics = {"channels/x"}, .types = {"rare"}, .start = {From::cursor, "e-10"}});
  for (Sequence s = 11; s <= 20; ++s) append(published("e", s, "channels/x"));
  EXPECT_EQ(read({.entries = 4}), (Lines{"id e-10"}));
  EXPECT_TRUE(has_more);
  EXPECT_EQ(complete(), "e-14");
  EXPECT_EQ(read({.entries = 6}), Lines{});
  EXPECT_FALSE(has_more);
  EXPECT_EQ(complete(), "e-20");
}

TEST_F(SessionTest, DoesNotGoOnWithAHubThatBeganAnew) {
  open({"channels/x"}, {From::cursor, "e-10"});
  read();
  hub.start({"e", 900});
  session->advance(hub, self);
  EXPECT_EQ(complete(), "e-10");
  EXPECT_EQ(session->next(hub), Need::page);
}

TEST_F(SessionTest, OfOneTaskSendsThatAloneAndEndsWithIt) {
  open({"tasks/a"}, {From::cursor, "e-10"}, "t1");
  append(task_update("e", 11, "a", "t1"));
  append(task_update("e", 12, "a", "t2"));
  append(task_update("e", 13, "a", "t1", v1::TASK_STATE_SUCCEEDED));
  append(task_update("e", 14, "a", "t1"));
  EXPECT_EQ(read(), (Lines{"id e-10", "taskUpdate|e-11", "taskUpdate|e-13"}));
  EXPECT_EQ(session->next(hub), Need::over);
  EXPECT_EQ(complete(), "e-13");
}

TEST_F(SessionTest, OfOneTaskEndsWithItsDeletion) {
  open({"tasks/a"}, {From::cursor, "e-10"}, "t1");
  append(task_deleted("e", 11, "a", "t1"));
  EXPECT_EQ(read().size(), 2U);
  EXPECT_EQ(session->next(hub), Need::over);
}

TEST_F(SessionTest, OfOneTaskEndsAfterSyncedWhenTheStateHasItEndedOrNotAtAll) {
  open({"tasks/a"}, {From::snapshot, ""}, "t1");
  take(state({task_update("e", 3, "a", "t1", v1::TASK_STATE_FAILED)}, 3, 20));
  EXPECT_EQ(session->next(hub), Need::page);
  take(state({task_update("e", 4, "a", "t2")}, 20, 20));
  EXPECT_EQ(session->next(hub), Need::over);
  EXPECT_EQ(complete(), "e-20");
  hub.unsubscribe(self);
  open({"tasks/a"}, {From::snapshot, ""}, "t9");
  take(state({task_update("e", 4, "a", "t2")}, 20, 20));
  EXPECT_EQ(session->next(hub), Need::over);
}

TEST_F(SessionTest, OfOneTaskEndsWithItOnAPageOfTheEngineToo) {
  open({"tasks/a"}, {From::cursor, "e-1"}, "t1");
  EXPECT_EQ(
      take(page({task_update("e", 3, "a", "t1", v1::TASK_STATE_CANCELLED), task_update("e", 4, "a", "t1")}, {"e", 9})),
      (Lines{"id e-1", "taskUpdate|e-3"}));
  EXPECT_EQ(session->next(hub), Need::over);
  EXPECT_EQ(complete(), "e-3");
}

TEST_F(SessionTest, LeavesOutOtherTypesAndGoesOnBeyondThem) {
  open({.topics = {"channels/x", "tasks/a"}, .types = {"message"}, .start = {From::cursor, "e-10"}});
  append(published("e", 11, "channels/x"));
  append(task_update("e", 12, "a", "t"));
  EXPECT_EQ(read(), (Lines{"id e-10", "message|e-11"}));
  EXPECT_EQ(complete(), "e-12") << "ids of what was left out still advance the cursor";
}

TEST_F(SessionTest, LeavesOutOtherTypesOfPagesAndOfTheState) {
  open({.topics = {"tasks/a", "channels/x"}, .types = {"message"}, .start = {From::earliest, ""}});
  EXPECT_EQ(take(state({task_update("e", 3, "a", "t"), published("e", 4, "channels/x")}, 5, 5)),
            (Lines{R"(reset {"reason":"start"}|)", "message|", R"(synced {"cursor":"e-5"}|e-5)"}));
  EXPECT_EQ(take(page({task_update("e", 6, "a", "t"), published("e", 7, "channels/x")}, {"e", 10})),
            (Lines{"message|e-7"}));
}

TEST_F(SessionTest, EndsWithItsTaskEvenWhereTheEndIsLeftOut) {
  open({.topics = {"tasks/a"}, .task_id = "t", .types = {"message"}, .start = {From::cursor, "e-10"}});
  append(task_update("e", 11, "a", "t", v1::TASK_STATE_SUCCEEDED));
  EXPECT_EQ(read(), (Lines{"id e-10"}));
  EXPECT_EQ(session->next(hub), Need::over);
  EXPECT_EQ(complete(), "e-11");
}

}  // namespace
}  // namespace taskwire::edge
