// Scenarios of publishing and reading: fan-out, channels, most, slow.
#include <algorithm>

#include "bench/measure.h"
#include "bench/scenarios.h"

namespace taskwire::bench {
namespace {

constexpr std::uint64_t kFillerKib = 48;  // of an event for readers who take nothing
constexpr std::size_t kFillerBytes = kFillerKib * 1024;

/// A rate that was tried.
struct Trial {
  double rate = 0;
  Delivery delivery;
  Nanoseconds p99 = 0;
  Faults faults;
  bool is_good = false;
};

/// By streams of its own, since those of a rate that was too much may have lost something.
Trial attempt(Bench& bench, double rate) {
  constexpr Nanoseconds kPatience = 2 * kSecond;
  const auto& settings = bench.settings();
  bench.make_channels(settings.channels);
  const auto streams = bench.make_streams({.readers = settings.readers, .channels = settings.channels});
  const auto publisher = bench.make_publisher();
  bench.open(*streams);
  Trial trial{.rate = rate};
  const Publisher::Plan plan{.per_second = rate, .time = of(settings.time), .channels = settings.channels};
  const auto start = now();
  try {
    trial.delivery = measure_delivery(bench, *publisher, *streams, plan, kPatience);
  } catch (const Failure&) {  // it was too much, and said so
    trial.delivery = end_delivery(bench, *publisher, *streams, plan, start);
    return trial;
  }
  bench.settle();
  trial.p99 = streams->reception().latency.at(0.99);
  trial.faults = streams->faults();
  trial.is_good = trial.p99 <= of(settings.latency) && trial.delivery.has_all && streams->reception().closed == 0;
  return trial;
}

}  // namespace

Report run_delivery(Bench& bench) {
  const auto& settings = bench.settings();
  bench.make_channels(settings.channels);
  const auto streams = bench.make_streams({.readers = settings.readers, .channels = settings.channels});
  const auto publisher = bench.make_publisher();
  bench.open(*streams);
  const auto delivery = measure_delivery(bench, *publisher, *streams);
  const auto seconds = in_seconds(delivery.time);
  Report report;
  report.add("published", "events published", static_cast<double>(delivery.published));
  report.add("publishedPerSecond", "events published a second", static_cast<double>(delivery.published) / seconds);
  report.add("deliveries", "deliveries", static_cast<double>(delivery.deliveries));
  report.add("deliveriesPerSecond", "deliveries a second", static_cast<double>(delivery.deliveries) / seconds);
  add_latency(report, "delivery", "delivery", streams->reception().latency);
  add_latency(report, "answer", "answer to a publisher", publisher->answers());
  report.add("cpuMicrosPerDelivery", "server's CPU for a delivery, µs", delivery.span.micros_each(delivery.deliveries));
  report.add("cpuMicrosPerEvent", "server's CPU for an event published, µs",
             delivery.span.micros_each(delivery.published));
  add_client_share(report, delivery.client_share());
  add_faults(bench, report, *streams, settings.callers);
  return report;
}

Report run_most(Bench& bench) {
  constexpr double kFaster = 1.4;
  constexpr int kTrials = 24;  // 1.4^24 is more than three thousand
  Trial best;
  double share = 0;  // at the limit, which a failed trial stands above: the client may be what failed
  const auto look = [&](const Trial& trial) {
    if (trial.is_good) best = trial;
    share = trial.is_good ? trial.delivery.client_share() : std::max(share, trial.delivery.client_share());
    return trial.is_good;
  };
  double rate = bench.settings().rate;
  bool is_at_limit = false;
  for (int i = 0; i < kTrials && !is_at_limit; ++i, rate *= kFaster) {
    // Twice before it is given up: what else the machine did may have been to blame.
    is_at_limit = !look(attempt(bench, rate)) && !look(attempt(bench, rate));
  }
  if (!best.is_good) {
    throw Failure(ExitStatus::late,
                  "the p99 is above --latency, or events are lost, at the first rate already; begin "
                  "with a lower --rate");
  }
  const auto share_above = share;
  (void)look(attempt(bench, best.rate * (1 + kFaster) / 2));
  share = std::max(share, share_above);
  Report report;
  const auto& delivery = best.delivery;
  report.add("deliveriesPerSecond", "most deliveries a second",
             static_cast<double>(delivery.deliveries) / in_seconds(delivery.time));
  report.add("rate", "events published a second", best.rate);
  report.add("deliveryP99Ms", "delivery, p99, ms", static_cast<double>(best.p99) / kMillisecond);
  report.add("cpuMicrosPerDelivery", "server's CPU for a delivery, µs", delivery.span.micros_each(delivery.deliveries));
  add_client_share(report, share, "clientShare", " there, or just above");
  if (!is_at_limit) report.notes.emplace_back("no rate was too much; begin with a higher --rate");
  add_faults(report, best.faults, bench.settings().callers);
  return report;
}

Report run_slow(Bench& bench) {
  const auto& settings = bench.settings();
  const auto behind = settings.channels;  // the channel of those who take nothing
  bench.make_channels(settings.channels + 1);
  const auto readers = settings.readers - settings.stalled;
  const auto healthy = bench.make_streams({.readers = readers, .channels = settings.channels});
  const auto publisher = bench.make_publisher();
  const auto filler = bench.make_publisher(settings.callers, kFillerBytes);
  bench.open(*healthy);
  Report report;
  const auto without = measure_delivery(bench, *publisher, *healthy);
  add_latency(report, "without", "delivery without stalled readers", healthy->reception().latency);
  report.add("withoutCpuMicrosPerDelivery", "server's CPU for a delivery without, µs",
             without.span.micros_each(without.deliveries));
  add_client_share(report, without.client_share(), "withoutClientShare", " without");
  const auto stalled = bench.make_streams(
      {.readers = settings.stalled, .first_channel = behind, .stalls = true, .first_connection = readers});
  bench.open(*stalled);

  // Owed more and more, evenly over the time that is measured.
  const auto events = std::max<std::uint64_t>(settings.owed / kFillerKib, 1);
  const Publisher::Plan plan{.per_second = settings.rate, .time = of(settings.time), .channels = settings.channels};
  auto& reception = healthy->reception();
  reception.latency.clear();
  const auto before = reception.deliveries;
  bench.begin_span();
  const auto start = now();
  filler->start({.per_second = static_cast<double>(events) / in_seconds(plan.time),
                 .time = plan.time,
                 .events = events,
                 .first_channel = behind},
                start);
  publisher->start(plan, start);
  const bool is_answered = bench.drive({publisher.get(), filler.get()}, plan.time + of(settings.patience),
                                       [&] { return publisher->is_done() && filler->is_done(); });
  for (const auto* const one : {publisher.get(), filler.get()}) {
    if (one->refused() > 0) throw Failure(ExitStatus::refused, one->first_problem());
  }
  if (!is_answered)
    throw Failure(ExitStatus::late, "the server did not answer its publishers in time beside readers who take nothing");
  bench.drive({}, of(settings.patience), [&] { return healthy->has_all(); });
  auto with = end_delivery(bench, *publisher, *healthy, plan, start);
  with.deliveries -= before;
  add_latency(report, "with", "delivery with stalled readers", reception.latency);
  report.add("withCpuMicrosPerDelivery", "server's CPU for a delivery with, µs",
             with.span.micros_each(with.deliveries));
  add_client_share(report, with.client_share());
  add_faults(bench, report, *healthy, settings.callers);

  // Whether the server gave them up shows only when they read again.
  stalled->resume();
  bench.drive({}, of(settings.patience), [&] { return stalled->has_all(); });
  const auto& late = stalled->reception();
  report.add("owedKibPerStalled", "owed to each stalled reader, KiB",
             static_cast<double>(filler->accepted() * kFillerKib));
  report.add("stalledCut", "stalled readers that were cut", static_cast<double>(late.closed));
  report.add("stalledCaughtUp", "stalled readers that got it all when they read again",
             static_cast<double>(stalled->complete_open()));
  return report;
}

}  // namespace taskwire::bench
