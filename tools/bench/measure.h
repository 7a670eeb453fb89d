#pragma once

#include <cstdint>
#include <string>

#include "bench/bench.h"
#include "bench/report.h"

namespace taskwire::bench {

/// What a while of publishing and reading came to.
struct Delivery {
  Span span;
  Nanoseconds time = 0;  ///< From the first event to the last delivery, without the wait for what is lost.
  std::uint64_t published = 0;
  std::uint64_t deliveries = 0;
  bool has_all = false;  ///< Whether each reader had it all in time.

  /// Of a core, without the wait for what is lost, where a client is idle.
  [[nodiscard]] double client_share() const;
};

/// What came since `start`, where a span was begun, by `plan`.
[[nodiscard]] Delivery end_delivery(Bench& bench, const Publisher& publisher, StreamSet& streams,
                                    const Publisher::Plan& plan, Nanoseconds start);
/// Publishes by `plan`, and waits for `streams` to have it all. What was counted before is forgotten.
Delivery measure_delivery(Bench& bench, Publisher& publisher, StreamSet& streams, const Publisher::Plan& plan,
                          Nanoseconds patience);
/// The same by the settings, after a warm-up.
[[nodiscard]] Delivery measure_delivery(Bench& bench, Publisher& publisher, StreamSet& streams);

/// `histogram`, of nanoseconds, at p50, p99 and its end, in milliseconds, keys with `prefix`: `deliveryP50Ms`.
void add_latency(Report& report, const std::string& prefix, const std::string& text, const Histogram& histogram);
void add_client_share(Report& report, double share, const std::string& key = "clientShare",
                      const std::string& of_what = {});
/// Adds to the report what went wrong with `streams`, whose events so many callers published, after a wait for what
/// should not come.
void add_faults(Bench& bench, Report& report, StreamSet& streams, std::size_t callers);
void add_faults(Report& report, Faults faults, std::size_t callers);

/// A place in a channel's history, and what is kept after it.
struct History {
  std::string id;              ///< Of the event before.
  std::uint64_t sequence = 0;  ///< And its sequence.
};
/// Publishes on `channel` an event and --events more, one after the other, and learns the id of the first as a reader.
[[nodiscard]] History make_history(Bench& bench, std::uint32_t channel);

}  // namespace taskwire::bench
