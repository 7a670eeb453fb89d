#include "bench/measure.h"

#include <algorithm>

namespace taskwire::bench {

double Delivery::client_share() const {
  return static_cast<double>(span.own_cpu) / static_cast<double>(std::max<Nanoseconds>(std::min(span.wall, time), 1));
}

Delivery end_delivery(Bench& bench, const Publisher& publisher, StreamSet& streams, const Publisher::Plan& plan,
                      Nanoseconds start) {
  const auto& reception = streams.reception();
  return {.span = bench.end_span(),
          .time = std::max(reception.last_delivery - start, plan.time),
          .published = publisher.accepted(),
          .deliveries = reception.deliveries};
}

Delivery measure_delivery(Bench& bench, Publisher& publisher, StreamSet& streams, const Publisher::Plan& plan,
                          Nanoseconds patience) {
  auto& reception = streams.reception();
  reception.latency.clear();
  const auto before = reception.deliveries;
  const auto start = now();
  bench.begin_span();
  const bool has_all = bench.publish(publisher, plan, streams, patience);
  auto delivery = end_delivery(bench, publisher, streams, plan, start);
  delivery.deliveries -= before;
  delivery.has_all = has_all;
  return delivery;
}

Delivery measure_delivery(Bench& bench, Publisher& publisher, StreamSet& streams) {
  const auto& settings = bench.settings();
  Publisher::Plan plan{.per_second = settings.rate, .time = of(settings.warm_up), .channels = settings.channels};
  if (plan.time > 0) measure_delivery(bench, publisher, streams, plan, of(settings.patience));
  plan.time = of(settings.time);
  return measure_delivery(bench, publisher, streams, plan, of(settings.patience));
}

void add_latency(Report& report, const std::string& prefix, const std::string& text, const Histogram& histogram) {
  const auto milliseconds = [](Nanoseconds time) { return static_cast<double>(time) / kMillisecond; };
  report.add(prefix + "P50Ms", text + ", p50, ms", milliseconds(histogram.at(0.5)));
  report.add(prefix + "P99Ms", text + ", p99, ms", milliseconds(histogram.at(0.99)));
  report.add(prefix + "MaxMs", text + ", longest, ms", milliseconds(histogram.max()));
}

void add_client_share(Report& report, double share, const std::string& key, const std::string& of_what) {
  report.add(key, "the client's share of a core" + of_what, share);
}

void add_faults(Bench& bench, Report& report, StreamSet& streams, std::size_t callers) {
  bench.settle();
  add_faults(report, streams.faults(), callers);
  report.cut += streams.reception().closed;
}

void add_faults(Report& report, Faults faults, std::size_t callers) {
  if (callers > 1) faults.reordered = 0;
  report.faults += faults;
}

History make_history(Bench& bench, std::uint32_t channel) {
  const auto patience = of(bench.settings().patience);
  const auto publisher = bench.make_publisher(1);
  const auto reader = bench.make_streams({.readers = 1, .first_channel = channel});
  bench.open(*reader);
  Publisher::Plan plan{.time = patience, .events = 1, .first_channel = channel};
  bench.publish(*publisher, plan, *reader, patience);
  History history{.id = reader->last_event_id(0), .sequence = bench.channels().last(channel)};
  if (history.id.empty())
    throw Failure(ExitStatus::refused, "the server gives its events no id, so nothing can be replayed");
  plan.events = bench.settings().events;
  if (!bench.publish(*publisher, plan, *reader, patience))
    throw Failure(ExitStatus::late, "a reader did not get what is to be replayed within --patience");
  return history;
}

}  // namespace taskwire::bench
