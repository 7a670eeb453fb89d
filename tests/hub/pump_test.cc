#include "hub/pump.h"

#include <gtest/gtest.h>
#include <stdexcept>

#include "hub/events.h"
#include "resume/sse_parser.h"

namespace taskwire::edge {
namespace {

using From = StreamStart::From;
using Lines = std::vector<std::string>;
using std::chrono::seconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

/// A connection that does what the test says.
class ScriptedSink final : public Sink {
 public:
  Writer* writer = nullptr;
  bool takes = true;
  bool has_room = false;  // it takes what it did not take before, once flushed
  bool breaks = false;
  bool throws = false;
  std::optional<CloseReason> closed;
  std::string bytes;
  int writes = 0;
  system_clock::time_point seen;

  bool try_write(std::span<const Part> parts) override {
    EXPECT_FALSE(closed) << "written after the end";
    if (throws) throw std::runtime_error("a fault of the test");
    ++writes;
    for (const auto& part : parts) bytes += part.frame().plain();
    if (breaks) close(CloseReason::broken);
    return is_writable();
  }
  bool flush() override {
    takes = takes || has_room;
    return is_writable();
  }
  [[nodiscard]] bool is_writable() const override { return takes && !closed; }
  [[nodiscard]] steady_clock::time_point last_taken() const override { return last_taken_; }
  [[nodiscard]] system_clock::time_point last_seen() const override { return seen; }
  void close(CloseReason reason) override {
    closed = reason;
    if (reason != CloseReason::over) writer->on_closed(reason);
  }

 private:
  steady_clock::time_point last_taken_ = steady_clock::now();
};

class PumpTest : public testing::Test, public Pump::Outside {
 protected:
  PumpTest() {
    hub.start({"e", 10});
    link.is_reachable = true;
  }

  void open(StreamRequest request, bool is_task_known = false) {
    pump.emplace(*this, sink, means, std::move(request), is_task_known);
    sink.writer = &*pump;
    pump->start(std::chrono::milliseconds(1234));
    take_turns();
  }
  void append(const std::string& topic, const std::string& data = "x") {
    const EventPtr event = make_event(published("e", hub.log().head() + 1, topic, data), WithId::yes);
    hub.append({&event, 1}, event->sequence);
  }
  void deliver() {
    while (hub.deliver(10)) {
    }
  }
  void take_turns() {
    while (turns > 0) {
      turns = 0;
      pump->go_on();
    }
  }
  void tell(EngineState::Is is, std::string reason = {}) {
    link.state = {is, system_clock::time_point(seconds(1'767'349'800)), std::move(reason)};
    link.state_frame = upstream_frame(link.state);
    pump->tell_engine_state();
  }
  static Result<PagePtr> page(std::vector<v1::Event> events, Sequence through) {
    auto made = std::make_shared<Page>();
    for (const auto& event : events) made->events.push_back(make_event(event, WithId::yes));
    made->through = {"e", through};
    made->head = {"e", 50};
    return PagePtr(made);
  }
  static Result<PagePtr> failure(Reason reason) { return refuse(reason, "why"); }

  /// What was sent since the last call: `type data|id` of each event.
  Lines sent() {
    Lines lines;
    SseParser parser([&](const SseEvent& event) {
      lines.push_back(event.type + " " + event.data.substr(0, 70) + "|" + event.last_event_id);
    });
    parser.feed(std::exchange(sink.bytes, {}));
    return lines;
  }

  void ask_for_page(const v1::ReadEventsRequest& request) override { asked.push_back(request); }
  void ask_for_task(const v1::GetTaskRequest& request) override { asked_task = request; }
  void ask_again_later() override { ++again; }
  void want_turn() override { ++turns; }
  void on_fault(const std::exception_ptr&) override {
    ++faults;
    sink.close(CloseReason::broken);
  }
  void on_closed(CloseReason reason, std::vector<Presence> people) override {
    gone = reason;
    gone_people = std::move(people);
  }

  Hub hub{{.events = 100, .bytes = 16 << 20}};
  EngineLink link;
  StreamMetrics metrics;
  Pump::Means means{hub, link, {1000, metrics}, seconds(60)};
  ScriptedSink sink;
  std::optional<Pump> pump;
  std::vector<v1::ReadEventsRequest> asked;
  std::optional<v1::GetTaskRequest> asked_task;
  int again = 0, turns = 0, faults = 0;
  std::optional<CloseReason> gone;
  std::vector<Presence> gone_people;
};

TEST_F(PumpTest, SendsTheFirstBlockAtOnceAndThenWhatComes) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-10"}});
  EXPECT_EQ(sink.bytes, ": taskwire\nretry: 1234\n\nid: e-10\n\n");
  sent();
  append("channels/x", "1");
  append("channels/x", "2");
  deliver();
  EXPECT_EQ(sent(), (Lines{"message 1|e-11", "message 2|e-12"}));
}

TEST_F(PumpTest, SaysInItsFirstWriteWhereItBeginsIfTheHubKnows) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-10"}});
  EXPECT_EQ(sink.writes, 1);
  sent();
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-9"}});
  EXPECT_EQ(sink.bytes, ": taskwire\nretry: 1234\n\n") << "it is the engine's to judge";
  EXPECT_EQ(asked.size(), 1U);
}

TEST_F(PumpTest, SaysNotWhereItBeginsBeforeItsTaskIsKnown) {
  open({.topics = {"tasks/alice"}, .task_id = "t", .start = {From::cursor, "e-10"}});
  EXPECT_EQ(sink.bytes, ": taskwire\nretry: 1234\n\n");
}

TEST_F(PumpTest, KnowsAtItsEndWhatTheClientHas) {
  open({.topics = {"messages/alice"}, .start = {From::cursor, "e-10"}});
  append("messages/alice");
  append("channels/x");
  deliver();
  sent();
  pump->end(std::chrono::milliseconds(777));
  EXPECT_EQ(sink.bytes, "retry: 777\n\nid: e-12\n\n");
  append("messages/alice");
  EXPECT_EQ(pump->people()[0].last_event_id, (Cursor{"e", 12})) << "what comes after the end it is not given";
  pump->on_closed(CloseReason::over);
  EXPECT_EQ(gone_people[0].last_event_id, (Cursor{"e", 12}));
}

TEST_F(PumpTest, HoldsNothingForAConnectionThatTakesNothing) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-10"}});
  sent();
  sink.takes = false;
  for (int i = 0; i < 5; ++i) append("channels/x");
  deliver();
  EXPECT_EQ(sent(), Lines{});
  EXPECT_EQ(turns, 0);
  sink.has_room = true;
  pump->on_writable();
  EXPECT_FALSE(sink.takes) << "not before its turn";
  take_turns();
  EXPECT_EQ(sent().size(), 5U);
}

TEST_F(PumpTest, LetsNoFaultOutIntoTheHubOrTheSink) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-10"}});
  sink.throws = true;
  append("channels/x");
  deliver();
  EXPECT_EQ(faults, 1);
  EXPECT_EQ(gone, CloseReason::broken);
  append("channels/x");
  deliver();
  EXPECT_EQ(faults, 1) << "it hears of nothing any more";
}

TEST_F(PumpTest, IsBehindUntilItHasReadSoFarOrTheConnectionTakesNoMore) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-10"}});
  for (int i = 0; i < 80; ++i) append("channels/x");
  EXPECT_FALSE(pump->is_behind(10));
  EXPECT_TRUE(pump->is_behind(90));
  pump->go_on();
  EXPECT_TRUE(pump->is_behind(90)) << "after one visit";
  sink.takes = false;
  EXPECT_FALSE(pump->is_behind(90)) << "nobody waits for a reader that stalls";
  sink.takes = true;
  take_turns();
  EXPECT_FALSE(pump->is_behind(90));
}

TEST_F(PumpTest, GoesOnByTurnsOfSoManyBytes) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-10"}});
  sink.takes = false;
  for (int i = 0; i < 64; ++i) append("channels/x", std::string(60 << 10, 'x'));
  deliver();
  sent();
  sink.has_room = true;
  pump->on_writable();
  EXPECT_EQ(sink.bytes.size(), 0U);
  std::size_t events = 0;
  for (int most = 0; turns > 0; ++most) {
    ASSERT_LT(most, 64);
    turns = 0;
    pump->go_on();
    EXPECT_LE(sink.bytes.size(), std::size_t{256} << 10);
    events += sent().size();
  }
  EXPECT_EQ(events, 64U);
}

TEST_F(PumpTest, UsesAPageInATurnOfItsOwn) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-1"}});
  ASSERT_EQ(asked.size(), 1U);
  sent();
  pump->take_page(page({published("e", 5, "channels/x", "old")}, 10));
  EXPECT_EQ(sent(), Lines{});
  take_turns();
  EXPECT_EQ(sent(), (Lines{"message old|e-5"}));
  append("channels/x", "new");
  deliver();
  EXPECT_EQ(sent(), (Lines{"message new|e-11"}));
}

TEST_F(PumpTest, KeepsTheIdOfItsHeartbeatsWhileItIsIdle) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-10"}});
  for (int i = 0; i < 300; ++i) append("channels/noise");
  deliver();
  sent();
  Heartbeats heartbeats(seconds(15));
  heartbeats.set_time(system_clock::time_point(seconds(1'767'349'800)));
  pump->beat(heartbeats, steady_clock::now());
  EXPECT_EQ(sent(), (Lines{R"(heartbeat {"timestamp":"2026-01-02T10:30:00.000Z","intervalMs":15000}|e-310)"}));
  EXPECT_TRUE(asked.empty());
}

TEST_F(PumpTest, SharesTheHeartbeatsOfOneTimeAndPlace) {
  Heartbeats heartbeats(seconds(15));
  heartbeats.set_time(system_clock::time_point(seconds(1)));
  const auto first = heartbeats.frame(Cursor{"e", 10}, false);
  const auto person = heartbeats.frame(Cursor{"e", 10}, true);
  EXPECT_NE(first, person);
  EXPECT_EQ(heartbeats.frame(Cursor{"e", 10}, false), first);
  EXPECT_NE(heartbeats.frame(Cursor{"e", 11}, false), first);
  heartbeats.set_time(system_clock::time_point(seconds(2)));
  EXPECT_EQ(heartbeats.frame(Cursor{"e", 10}, true), person) << "it carries no time";
}

TEST_F(PumpTest, CutsAReaderThatStalls) {
  open({.topics = {"tasks/alice"}, .start = {From::cursor, "e-10"}});
  Heartbeats heartbeats(seconds(15));
  sink.takes = false;
  pump->beat(heartbeats, steady_clock::now() + seconds(59));
  EXPECT_FALSE(gone);
  pump->beat(heartbeats, steady_clock::now() + seconds(61));
  EXPECT_EQ(gone, CloseReason::stalled);
  ASSERT_EQ(gone_people.size(), 1U);
  EXPECT_EQ(gone_people[0].user_id, "alice");
  EXPECT_EQ(gone_people[0].last_event_id, (Cursor{"e", 10}));
}

TEST_F(PumpTest, LetsAPersonWhoVanishedHaveBeenSeenWhenTheyLastWere) {
  open({.topics = {"tasks/alice"}, .start = {From::cursor, "e-10"}});
  EXPECT_EQ(pump->people()[0].last_seen_at, pump->people()[0].connected_at) << "not before";
  sink.seen = system_clock::now() + seconds(5);
  sink.close(CloseReason::vanished);
  ASSERT_EQ(gone_people.size(), 1U);
  EXPECT_EQ(gone_people[0].last_seen_at, sink.seen);
}

TEST_F(PumpTest, EndsInOrderWithItsId) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-10"}});
  append("channels/noise");
  sink.takes = false;
  sink.bytes.clear();
  pump->end();
  EXPECT_EQ(sink.bytes, "id: e-11\n\n");
  EXPECT_EQ(sink.closed, CloseReason::over);
  append("channels/x");
  deliver();
  pump->end();
  EXPECT_EQ(sink.bytes, "id: e-11\n\n");
}

TEST_F(PumpTest, IsGoneWithItsConnectionInTheMidstOfADelivery) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-10"}});
  sink.breaks = true;
  append("channels/x");
  deliver();
  EXPECT_EQ(gone, CloseReason::broken);
  append("channels/x");
  deliver();
}

TEST_F(PumpTest, TellsThatTheEngineIsAwayAndBack) {
  open({.topics = {"channels/x"}, .types = {"rare"}, .start = {From::cursor, "e-10"}});
  sent();
  tell(EngineState::Is::down);
  tell(EngineState::Is::down);
  EXPECT_EQ(sent(), (Lines{R"(upstream {"state":"down","since":"2026-01-02T10:30:00.000Z"}|)"}));
  tell(EngineState::Is::up);
  EXPECT_EQ(sent(), (Lines{R"(upstream {"state":"up","since":"2026-01-02T10:30:00.000Z"}|)"}));
}

TEST_F(PumpTest, TellsANewStreamAtOnceThatTheEngineIsAway) {
  link.is_reachable = false;
  link.state = {EngineState::Is::down, system_clock::time_point(seconds(1'767'349'800)), {}};
  link.state_frame = upstream_frame(link.state);
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-1"}});
  EXPECT_EQ(sent(), (Lines{R"(upstream {"state":"down","since":"2026-01-02T10:30:00.000Z"}|)"}));
  EXPECT_TRUE(asked.empty());
}

TEST_F(PumpTest, TellsAConnectionThatTookNothingWhenItDoes) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-10"}});
  sent();
  sink.takes = false;
  tell(EngineState::Is::down);
  EXPECT_EQ(sent(), Lines{});
  sink.has_room = true;
  pump->on_writable();
  take_turns();
  EXPECT_EQ(sent().size(), 1U);
}

TEST_F(PumpTest, TellsANewStreamAtOnceWhatTheEngineCannotRead) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-1"}});
  pump->take_page(failure(Reason::store_failed));
  const auto lines = sent();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with(R"(upstream {"state":"failing","since":)")) << lines[0];
  EXPECT_EQ(again, 1);
  pump->go_on();
  pump->take_page(failure(Reason::store_failed));
  EXPECT_EQ(sent(), Lines{}) << "told once";
  pump->go_on();
  ASSERT_EQ(asked.size(), 3U);
  pump->take_page(page({}, 10));
  take_turns();
  const auto after = sent();
  ASSERT_EQ(after.size(), 1U);
  EXPECT_TRUE(after[0].starts_with(R"(upstream {"state":"up")"));
}

TEST_F(PumpTest, TellsAnOldStreamOnlyWhatLasts) {
  open({.topics = {"channels/x"}, .start = {From::cursor, "e-10"}});
  hub.start({"e", 40});
  deliver();
  sent();
  ASSERT_EQ(asked.size(), 1U);
  pump->take_page(failure(Reason::engine_unavailable));
  EXPECT_EQ(sent(), Lines{});
  pump->go_on();
  pump->take_page(failure(Reason::engine_unavailable));
  const auto lines = sent();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with(R"(upstream {"state":"down","since":)")) << "not there, not failing: " << lines[0];
}

TEST_F(PumpTest, LooksForItsTaskFirst) {
  open({.topics = {"tasks/alice"}, .task_id = "t1", .start = {From::cursor, "e-10"}});
  ASSERT_TRUE(asked_task);
  EXPECT_EQ(asked_task->task_id(), "t1");
  pump->take_task(refuse(Reason::too_many_calls, "busy"));
  EXPECT_EQ(sent(), Lines{}) << "the edge's own limit says nothing of the engine";
  pump->go_on();
  pump->take_task(refuse(Reason::task_not_found, "none"));
  EXPECT_EQ(sink.closed, CloseReason::over);
}

}  // namespace
}  // namespace taskwire::edge
