#include "net/edge_metrics.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "hub/stream_metrics.h"
#include "metrics/exposition.h"
#include "metrics/process_metrics.h"

namespace taskwire::edge {
namespace {

/// By CloseReason.
constexpr std::array<std::string_view, kCloseReasons> kCloseNames = {"over",     "left",    "broken",  "stalled",
                                                                     "vanished", "talking", "stopping"};

std::uint64_t closed(const StreamMetrics& metrics) {
  std::uint64_t sum = 0;
  for (const auto& counter : metrics.closed) sum += counter.value();
  return sum;
}

/// Sums over all shards.
class Sums {
 public:
  explicit Sums(const Services& services) : services_(services) {}

  template <class Value>
  std::uint64_t of(Value value) const {
    std::uint64_t sum = 0;
    for (const auto& shard : services_.shards) sum += value(std::as_const(*shard));
    return sum;
  }
  std::uint64_t of(Counter StreamMetrics::*counter) const {
    return of([counter](const Shard& shard) { return (shard.metrics().*counter).value(); });
  }
  std::uint64_t of(Counter ConnectionMetrics::*counter) const {
    return of([counter](const Shard& shard) { return (shard.connection_metrics().*counter).value(); });
  }
  HistogramValue of(Histogram StreamMetrics::*histogram) const {
    auto sum = (services_.shards.front()->metrics().*histogram).value();
    for (std::size_t i = 1; i < services_.shards.size(); ++i)
      sum.add((services_.shards[i]->metrics().*histogram).value());
    return sum;
  }

 private:
  const Services& services_;
};

void collect_streams(Exposition& out, const Services& services, const Sums& sums) {
  for (std::size_t i = 0; i < services.shards.size(); ++i) {
    const auto& metrics = services.shards[i]->metrics();
    const auto gone = closed(metrics);
    const auto opened = std::max(metrics.opened.value(), gone);  // the shard goes on meanwhile
    out.gauge("taskwire_edge_streams_open", "Event streams that are open.", static_cast<double>(opened - gone),
              {{"shard", std::to_string(i)}});
  }
  out.counter("taskwire_edge_streams_opened_total", "Event streams that were opened.", sums.of(&StreamMetrics::opened));
  for (std::size_t i = 0; i < kCloseNames.size(); ++i) {
    out.counter("taskwire_edge_streams_closed_total", "Event streams that were closed, and why.",
                sums.of([i](const Shard& shard) { return shard.metrics().closed[i].value(); }),
                {{"reason", std::string(kCloseNames[i])}});
  }
  out.counter("taskwire_edge_events_sent_total", "Events that were handed to streams.",
              sums.of(&StreamMetrics::events));
  out.counter("taskwire_edge_sent_bytes_total", "Bytes of event streams that sockets took, headers and framing too.",
              sums.of(&StreamMetrics::bytes));
  out.counter("taskwire_edge_skips_total", "Times that streams were told of superseded events left out.",
              sums.of(&StreamMetrics::skips));
  for (int i = v1::RESET_REASON_START; i < v1::ResetReason_ARRAYSIZE; ++i) {
    out.counter(
        "taskwire_edge_resets_total", "Resets that streams were told, and why.",
        sums.of([i](const Shard& shard) { return shard.metrics().resets[static_cast<std::size_t>(i)].value(); }),
        {{"reason", std::string(reason_name(static_cast<v1::ResetReason>(i)))}});
  }
  constexpr auto kResumes = "taskwire_edge_resumes_total";
  constexpr auto kResumesHelp =
      "Streams that came with an id: hit, the memory of the edge covers it; miss, the engine was asked.";
  out.counter(kResumes, kResumesHelp, sums.of(&StreamMetrics::resume_hits), {{"result", "hit"}});
  out.counter(kResumes, kResumesHelp, sums.of(&StreamMetrics::resume_misses), {{"result", "miss"}});
  out.histogram("taskwire_edge_replayed_events",
                "Events that a stream that came with an id was given until it was level.",
                sums.of(&StreamMetrics::replayed));
  out.histogram("taskwire_edge_stream_lag_events",
                "How many places of the log a stream was behind when it was given events.",
                sums.of(&StreamMetrics::lag));
  out.time_histogram(
      "taskwire_edge_delivery_latency_seconds",
      "From an event's time at the engine until the turn of a stream that is up to date, by both clocks.",
      sums.of(&StreamMetrics::latency));
}

void collect_upstream(Exposition& out, const Services& services) {
  const auto& upstream = services.upstream;
  const auto now = upstream.state();
  for (const auto state : {EngineState::Is::up, EngineState::Is::down, EngineState::Is::failing}) {
    out.gauge("taskwire_edge_upstream_state", "Whether it stands so with the engine: 1 of exactly one state.",
              now == state ? 1 : 0, {{"state", std::string(name_of(state))}});
  }
  out.counter("taskwire_edge_upstream_reconnects_total", "Times that the Watch of the engine was opened anew.",
              upstream.reconnects());
  constexpr auto kFrames = "taskwire_edge_frames_made_total";
  constexpr auto kFramesHelp =
      "Frames that were made of events, each once for all streams: of the tail, or of a page of the engine.";
  out.counter(kFrames, kFramesHelp, upstream.frames_made(), {{"source", "tail"}});
  out.counter(kFrames, kFramesHelp, services.shards.front()->pages().frames_made(), {{"source", "page"}});
}

void collect_limits(Exposition& out, const Services& services, const Sums& sums) {
  const auto add = [&out](std::string_view limit, std::uint64_t hits) {
    out.counter("taskwire_edge_limit_hits_total", "Times that something was refused or cut for a limit, and which.",
                hits, {{"limit", std::string(limit)}});
  };
  std::uint64_t held = 0, guests = 0;
  for (const auto& budgets : services.budgets) {
    held += budgets->bytes.cuts();
    guests += budgets->guests.cuts();
  }
  add("connections", services.admission.refused_in_all());
  add("connections_per_address", services.admission.refused_per_address());
  add("request_rate_per_address", services.request_rate.refused());
  add("stream_rate_per_address", services.stream_rate.refused());
  add("streams_per_user", services.admission.refused_per_user());
  add("guests", guests);
  add("held_bytes", held);
  add("descriptors", sums.of(&ConnectionMetrics::not_accepted));
  add("header_bytes", sums.of(&ConnectionMetrics::header_too_large));
  add("body_bytes", sums.of(&ConnectionMetrics::body_too_large));
  add("topics_per_stream", sums.of(&ConnectionMetrics::too_many_topics));
  add("request_time", sums.of(&ConnectionMetrics::too_slow));
  add("engine_calls", services.engine.refused());
  add("commands", services.commands.refused());
  add("claims", services.claims.refused());
  add("outputs", services.outputs.refused());
}

}  // namespace

std::string edge_metrics(const Services& services) {
  Exposition out;
  const Sums sums(services);
  collect_streams(out, services, sums);
  collect_upstream(out, services);
  collect_limits(out, services, sums);
  for (std::size_t i = 0; i < services.shards.size(); ++i) {
    out.time_histogram("taskwire_edge_loop_delay_seconds", "How late a shard's thread comes to what is due.",
                       services.shards[i]->loop_delay(), {{"shard", std::to_string(i)}});
  }
  collect_process(out);
  return out.text();
}

}  // namespace taskwire::edge
