// Scenarios of publishing and reading: fan-out, channels, most, slow.
#include <algorithm>
#include <vector>

#include "bench/measure.h"
#include "bench/scenarios.h"

namespace taskwire::bench {
namespace {

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
  try {
    const Publisher::Plan plan{.per_second = rate, .time = of(settings.time), .channels = settings.channels};
    trial.delivery = measure_delivery(bench, *publisher, *streams, plan, kPatience);
  } catch (const Failure&) {
    return trial;  // it was too much, and said so
  }
  trial.p99 = streams->reception().latency.at(0.99);
  trial.faults = streams->faults();
  trial.is_good = trial.p99 <= of(settings.latency) && trial.delivery.has_all && streams->reception().closed == 0;
  return trial;
}

/// Twice before it is given up: what else the machine did may have been to blame.
Trial attempt_twice(Bench& bench, double rate) {
  auto trial = attempt(bench, rate);
  return trial.is_good ? trial : attempt(bench, rate);
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
  add_client_share(report, delivery.span);
  add_faults(report, *streams, settings.callers);
  return report;
}

Report run_most(Bench& bench) {
  constexpr double kFaster = 1.4;
  constexpr int kTrials = 24;  // 1.4^24 is more than three thousand
  Trial best;
  double rate = bench.settings().rate;
  for (int i = 0; i < kTrials; ++i, rate *= kFaster) {
    const auto trial = attempt_twice(bench, rate);
    if (!trial.is_good) break;
    best = trial;
  }
  if (!best.is_good) {
    throw Failure(ExitStatus::late,
                  "the p99 is above --latency, or events are lost, at the first rate already; begin "
                  "with a lower --rate");
  }
  if (const auto between = attempt(bench, best.rate * (1 + kFaster) / 2); between.is_good) best = between;
  Report report;
  const auto& [span, time, published, deliveries, has_all] = best.delivery;
  report.add("deliveriesPerSecond", "most deliveries a second", static_cast<double>(deliveries) / in_seconds(time));
  report.add("rate", "events published a second", best.rate);
  report.add("deliveryP99Ms", "delivery, p99, ms", static_cast<double>(best.p99) / kMillisecond);
  report.add("cpuMicrosPerDelivery", "server's CPU for a delivery, µs", span.micros_each(deliveries));
  add_client_share(report, span);
  add_faults(report, best.faults, bench.settings().callers);
  return report;
}

Report run_slow(Bench& bench) {
  const auto& settings = bench.settings();
  bench.make_channels(settings.channels);
  const auto healthy =
      bench.make_streams({.readers = settings.readers - settings.stalled, .channels = settings.channels});
  const auto publisher = bench.make_publisher();
  bench.open(*healthy);
  Report report;
  auto delivery = measure_delivery(bench, *publisher, *healthy);
  add_latency(report, "without", "delivery without stalled readers", healthy->reception().latency);
  report.add("withoutCpuMicrosPerDelivery", "server's CPU for a delivery without, µs",
             delivery.span.micros_each(delivery.deliveries));
  const auto stalled = bench.make_streams({.readers = settings.stalled,
                                           .channels = settings.channels,
                                           .stalls = true,
                                           .first_connection = settings.readers - settings.stalled});
  bench.open(*stalled);
  delivery = measure_delivery(bench, *publisher, *healthy);
  add_latency(report, "with", "delivery with stalled readers", healthy->reception().latency);
  report.add("withCpuMicrosPerDelivery", "server's CPU for a delivery with, µs",
             delivery.span.micros_each(delivery.deliveries));
  add_client_share(report, delivery.span);
  add_faults(report, *healthy, settings.callers);
  return report;
}

}  // namespace taskwire::bench
