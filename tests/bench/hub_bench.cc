// What an event costs the edge, sockets aside. The baseline of a delivery is a copy of the frame's bytes, as a hub that
// serialises per subscriber makes at least; compare the two within one run.
#include <benchmark/benchmark.h>
#include <memory>

#include "hub/events.h"
#include "hub/pump.h"
#include "hub/session.h"

namespace taskwire::edge {
namespace {

struct Reader : Hub::Subscriber {
  explicit Reader(Hub& owner)
      : hub(owner), session({.topics = {"channels/x"}, .start = {StreamStart::From::cursor, "e-0"}}, means, owner) {
    hub.subscribe(*this, session.topics());
    on_news();
  }
  void on_news() override {
    session.advance(hub, *this);
    before.clear();
    events.clear();
    session.read(hub, {}, before, events);
    for (const auto* event : events) bytes += (*event)->frame().chunk().size();
    delivered += events.size();
  }

  static inline StreamMetrics metrics;
  static inline const Session::Means means{1000, metrics};
  Hub& hub;
  Session session;
  std::vector<FramePtr> before;
  std::vector<const EventPtr*> events;
  std::size_t bytes = 0;
  std::size_t delivered = 0;
};

/// A connection that takes everything.
struct Drain final : Sink {
  bool try_write(std::span<const Part> parts) override {
    for (const auto& part : parts) bytes += part.frame().chunk().size();
    delivered += parts.size();
    return true;
  }
  bool flush() override { return true; }
  [[nodiscard]] bool is_writable() const override { return true; }
  [[nodiscard]] std::chrono::steady_clock::time_point last_taken() const override { return {}; }
  [[nodiscard]] std::chrono::system_clock::time_point last_seen() const override { return {}; }
  void close(CloseReason /*reason*/) override {}

  std::size_t bytes = 0;
  std::size_t delivered = 0;
};

struct PumpedReader final : Pump::Outside {
  explicit PumpedReader(const Pump::Means& means)
      : pump(*this, drain, means,
             {.topics = {"channels/x"},
              .start = {StreamStart::From::cursor, to_string(Cursor{"e", means.hub.log().head()})}},
             false) {
    pump.start(std::chrono::milliseconds(1000));
    pump.go_on();
  }
  void ask_for_page(const v1::ReadEventsRequest& /*request*/) override {}
  void ask_for_task(const v1::GetTaskRequest& /*request*/) override {}
  void ask_again_later() override {}
  void want_turn() override {}
  void on_fault(const std::exception_ptr&) override {}
  void on_closed(CloseReason /*reason*/, std::vector<Presence> /*people*/) override {}

  Drain drain;
  Pump pump;
};

v1::Event event_number(Sequence sequence) {
  return published("e", sequence, "channels/x", std::string(200, 'x'));
}

void make_frame(benchmark::State& state) {
  const auto event = task_update("e", 1, "alice", "k3v7qm2xw5ta");
  for (auto _ : state) benchmark::DoNotOptimize(make_event(event, WithId::yes));
}
BENCHMARK(make_frame);

/// range(0) readers; range(1) events that arrive between two rounds.
void fan_out(benchmark::State& state) {
  Hub hub({10'000, std::size_t{64} << 20});
  hub.start({"e", 0});
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < state.range(0); ++i) readers.push_back(std::make_unique<Reader>(hub));
  Sequence sequence = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<EventPtr> events;
    for (int i = 0; i < state.range(1); ++i) events.push_back(make_event(event_number(++sequence), WithId::yes));
    state.ResumeTiming();
    hub.append(events, sequence);
    while (hub.deliver(32)) {
    }
  }
  std::size_t delivered = 0;
  for (auto& reader : readers) {
    delivered += reader->delivered;
    hub.unsubscribe(*reader);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(delivered));
}
BENCHMARK(fan_out)->Args({1, 1})->Args({1000, 1})->Args({1000, 16})->Args({10'000, 1});

/// The same with all of a stream but its socket.
void fan_out_pumped(benchmark::State& state) {
  Hub hub({10'000, std::size_t{64} << 20});
  hub.start({"e", 0});
  const EngineLink link;
  const Pump::Means means{hub, link, Reader::means, std::chrono::seconds(60)};
  std::vector<std::unique_ptr<PumpedReader>> readers;
  for (int i = 0; i < state.range(0); ++i) readers.push_back(std::make_unique<PumpedReader>(means));
  std::size_t delivered = 0;
  for (const auto& reader : readers) delivered -= reader->drain.delivered;
  Sequence sequence = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<EventPtr> events;
    for (int i = 0; i < state.range(1); ++i) events.push_back(make_event(event_number(++sequence), WithId::yes));
    state.ResumeTiming();
    hub.append(events, sequence);
    while (hub.deliver(32)) {
    }
  }
  for (const auto& reader : readers) delivered += reader->drain.delivered;
  state.SetItemsProcessed(static_cast<std::int64_t>(delivered));
}
BENCHMARK(fan_out_pumped)->Args({1, 1})->Args({1000, 1})->Args({1000, 16})->Args({10'000, 1});

/// One slice of heartbeats: of 32 streams that fall due together.
void heartbeats_of_a_slice(benchmark::State& state) {
  Hub hub({10'000, std::size_t{64} << 20});
  hub.start({"e", 0});
  const EngineLink link;
  const Pump::Means means{hub, link, Reader::means, std::chrono::seconds(60)};
  std::vector<std::unique_ptr<PumpedReader>> readers;
  for (int i = 0; i < 32; ++i) readers.push_back(std::make_unique<PumpedReader>(means));
  Heartbeats heartbeats(std::chrono::seconds(15));
  std::chrono::system_clock::time_point time;
  for (auto _ : state) {
    heartbeats.set_time(time += std::chrono::milliseconds(1));
    for (const auto& reader : readers) reader->pump.beat(heartbeats, {});
  }
  state.SetItemsProcessed(32 * state.iterations());
}
BENCHMARK(heartbeats_of_a_slice);

void copy_per_delivery(benchmark::State& state) {
  const auto event = make_event(event_number(1), WithId::yes);
  for (auto _ : state) {
    std::string copy(event->frame().chunk());
    benchmark::DoNotOptimize(copy.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(copy_per_delivery);

}  // namespace
}  // namespace taskwire::edge
