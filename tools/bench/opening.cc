// Scenarios of streams that are opened: idle, connect, replay, interference.
#include "bench/measure.h"
#include "bench/scenarios.h"

namespace taskwire::bench {
namespace {

constexpr double kKibibyte = 1024;

/// Streams that want `history`, and what they are owed of it.
std::unique_ptr<StreamSet> make_storm(Bench& bench, std::uint32_t channel, const History& history, bool closes_done) {
  const auto& settings = bench.settings();
  auto streams = bench.make_streams({.readers = settings.readers,
                                     .first_channel = channel,
                                     .last_event_id = history.id,
                                     .after = history.sequence,
                                     .closes_done = closes_done,
                                     .first_connection = settings.readers});
  streams->reception().goal = settings.events;
  return streams;
}

void check_opened(StreamSet& streams) {
  const auto& reception = streams.reception();
  if (reception.failed == 0) return;
  throw Failure(ExitStatus::refused, std::to_string(reception.failed) + " of " + std::to_string(streams.size()) +
                                         " streams could not be opened: " + reception.first_problem);
}

void add_replayed(Report& report, std::uint64_t events, Nanoseconds wall) {
  report.add("replayed", "events replayed", static_cast<double>(events));
  report.add("replayedPerSecond", "events replayed a second", static_cast<double>(events) / in_seconds(wall));
}

}  // namespace

Report run_idle(Bench& bench) {
  const auto& settings = bench.settings();
  bench.make_channels(settings.channels);
  const auto before = bench.usage().memory();
  const auto streams = bench.make_streams({.readers = settings.readers, .channels = settings.channels});
  bench.open(*streams);
  const auto after = bench.usage().memory();
  bench.begin_span();
  bench.pause(of(settings.time));
  const auto span = bench.end_span();
  Report report;
  report.add("streams", "streams open", static_cast<double>(streams->reception().opened - streams->reception().closed));
  if (before && after) {
    report.add("kibPerStream", "server's user memory for a stream, KiB",
               (static_cast<double>(*after) - static_cast<double>(*before)) / kKibibyte / settings.readers);
  } else if (bench.usage().is_measured()) {
    report.notes.emplace_back("the memory of the server must not be read by this user");
  }
  if (span.server_cpu) {
    report.add("idleShare", "server's share of a core",
               static_cast<double>(*span.server_cpu) / static_cast<double>(span.wall));
  }
  add_client_share(report, span.client_share());
  add_faults(bench, report, *streams, 1);
  return report;
}

Report run_connect(Bench& bench) {
  const auto& settings = bench.settings();
  bench.make_channels(settings.channels);
  const auto streams = bench.make_streams({.readers = settings.readers, .channels = settings.channels});
  bench.begin_span();
  const bool is_settled = bench.drive({streams.get()}, of(settings.patience), [&] { return streams->is_settled(); });
  const auto span = bench.end_span();
  check_opened(*streams);
  const auto opened = streams->reception().opened;
  if (!is_settled)
    throw Failure(ExitStatus::late, std::to_string(opened) + " streams are open; give more time with --patience");
  Report report;
  report.add("streams", "streams opened", static_cast<double>(opened));
  report.add("connectsPerSecond", "streams opened a second", static_cast<double>(opened) / in_seconds(span.wall));
  add_latency(report, "opening", "from connect to the answer's head", streams->reception().opening);
  report.add("cpuMicrosPerConnect", "server's CPU for a stream, µs", span.micros_each(opened));
  add_client_share(report, span.client_share());
  add_faults(bench, report, *streams, 1);
  return report;
}

Report run_replay(Bench& bench) {
  const auto& settings = bench.settings();
  bench.make_channels(1);
  const auto history = make_history(bench, 0);
  const auto storm = make_storm(bench, 0, history, false);
  bench.begin_span();
  bench.drive({storm.get()}, of(settings.patience), [&] { return storm->is_over(); });
  const auto span = bench.end_span();
  const auto deliveries = storm->reception().deliveries;
  check_opened(*storm);
  Report report;
  add_replayed(report, deliveries, span.wall);
  add_latency(report, "catchUp", "from connect to the last event", storm->reception().completion);
  report.add("cpuMicrosPerEvent", "server's CPU for an event replayed, µs", span.micros_each(deliveries));
  add_client_share(report, span.client_share());
  add_faults(bench, report, *storm, 1);
  return report;
}

Report run_interference(Bench& bench) {
  const auto& settings = bench.settings();
  const auto behind = settings.channels;  // the channel that the storm catches up on
  bench.make_channels(settings.channels + 1);
  const auto history = make_history(bench, behind);
  const auto publisher = bench.make_publisher();
  const auto readers = bench.make_streams({.readers = settings.readers, .channels = settings.channels});
  auto& reception = readers->reception();
  bench.open(*readers);
  Report report;
  const auto without = measure_delivery(bench, *publisher, *readers);
  add_client_share(report, without.client_share(), "withoutClientShare", " without");
  add_latency(report, "without", "delivery without the storm", reception.latency);
  add_latency(report, "answerWithout", "answer to a publisher without it", publisher->answers());

  reception.latency.clear();
  bench.begin_span();
  const auto start = now();
  const auto end = start + of(settings.time);
  publisher->start({.per_second = settings.rate, .time = of(settings.time), .channels = settings.channels}, start);
  const auto storm = make_storm(bench, behind, history, true);  // whoever has all goes, and another comes
  bench.drive({publisher.get(), storm.get()}, of(settings.time), [&] { return now() >= end; });
  storm->come_no_more();
  bench.drive({publisher.get(), storm.get()}, of(settings.patience),
              [&] { return publisher->is_done() && readers->has_all() && storm->is_over(); });
  const auto span = bench.end_span();
  const auto replayed = storm->reception().deliveries;
  check_opened(*storm);
  if (publisher->refused() > 0) throw Failure(ExitStatus::refused, publisher->first_problem());
  report.add("publishedBeside", "events published beside the storm", static_cast<double>(publisher->accepted()));
  add_latency(report, "with", "delivery beside the storm", reception.latency);
  add_latency(report, "answerWith", "answer to a publisher beside it", publisher->answers());
  add_replayed(report, replayed, span.wall);
  add_client_share(report, span.client_share());
  add_faults(bench, report, *storm, 1);
  add_faults(bench, report, *readers, settings.callers);
  return report;
}

}  // namespace taskwire::bench
