// What an event costs the edge, sockets aside. The baseline of a delivery is a copy of the frame's bytes, as a hub that
// serialises per subscriber makes at least; compare the two within one run.
#include <benchmark/benchmark.h>
#include <memory>

#include "hub/events.h"
#include "hub/session.h"

namespace taskwire::edge {
namespace {

struct Reader : Hub::Subscriber {
  Reader(Hub& owner, std::int64_t max_lag)
      : hub(owner), session({.topics = {"channels/x"}, .start = {StreamStart::From::cursor, "e-0"}}, max_lag, owner) {
    hub.subscribe(*this, session.request().topics);
    on_news();
  }
  void on_news() override {
    session.on_visit(hub, *this);
    before.clear();
    events.clear();
    session.read(hub, 64, before, events);
    for (const auto* event : events) bytes += (*event)->frame().chunk().size();
    delivered += events.size();
  }

  Hub& hub;
  Session session;
  std::vector<FramePtr> before;
  std::vector<const EventPtr*> events;
  std::size_t bytes = 0;
  std::size_t delivered = 0;
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
  for (int i = 0; i < state.range(0); ++i) readers.push_back(std::make_unique<Reader>(hub, 1000));
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
