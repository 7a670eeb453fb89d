#include <algorithm>

#include "bench/measure.h"
#include "bench/poller.h"
#include "bench/scenarios.h"

namespace taskwire::bench {
namespace {

void measure_streams(Bench& bench, Report& report) {
  const auto& settings = bench.settings();
  bench.make_channels(settings.channels);
  const auto publisher = bench.make_publisher();
  const auto streams = bench.make_streams({.readers = settings.readers, .channels = settings.channels});
  bench.open(*streams);
  const auto delivery = measure_delivery(bench, *publisher, *streams);
  report.add("streamUpdates", "updates delivered by streams", static_cast<double>(delivery.deliveries));
  add_latency(report, "stream", "an update by a stream", streams->reception().latency);
  report.add("streamCpuMicrosPerUpdate", "server's CPU for an update by streams, µs",
             delivery.span.micros_each(delivery.deliveries));
  add_client_share(report, delivery.client_share(), "streamClientShare", ", streams");
  add_faults(bench, report, *streams, settings.callers);
}

void measure_polling(Bench& bench, Report& report) {
  const auto& settings = bench.settings();
  bench.make_channels(settings.channels);
  const auto publisher = bench.make_publisher();
  Poller poller(bench.loop(), bench.dialect(), bench.poll_at(), bench.channels(), settings.readers,
                of(settings.interval));
  poller.start(now());
  const auto fail_where_refused = [&] {
    if (poller.refused() > 0) throw Failure(ExitStatus::refused, poller.first_problem());
    if (publisher->refused() > 0) throw Failure(ExitStatus::refused, publisher->first_problem());
  };
  const auto note_where_late = [&](bool is_done, const char* what) {
    if (!is_done) report.notes.emplace_back(what);
  };
  note_where_late(bench.drive({&poller}, of(settings.patience), [&] { return poller.is_settled(); }),
                  "the server does not answer so many polls: some users had no answer at all within --patience");
  fail_where_refused();
  poller.clear();
  bench.begin_span();
  const auto time = of(settings.time);
  publisher->start({.per_second = settings.rate, .time = time, .channels = settings.channels}, now());
  bench.drive({&poller, publisher.get()}, time + of(settings.patience),
              [&] { return publisher->is_done() && poller.has_all(); });
  const auto span = bench.end_span();
  const auto updates = poller.deliveries(), requests = poller.requests(), skipped = poller.skipped(),
             put_off = poller.put_off();
  const auto latency = poller.latency();
  bench.drive({&poller}, std::max(of(settings.settle), of(settings.interval)), [] { return false; });
  poller.stop();
  note_where_late(bench.drive({&poller}, of(settings.patience), [&] { return poller.is_idle(); }),
                  "the last polls were not answered within --patience");
  fail_where_refused();
  report.add("pollUpdates", "updates found by polling", static_cast<double>(updates));
  report.add("pollRequests", "requests", static_cast<double>(requests));
  report.add("pollRequestsPerUpdate", "requests for an update",
             static_cast<double>(requests) / static_cast<double>(std::max<std::uint64_t>(updates, 1)));
  report.add("pollSkipped", "polls left out, the one before being unanswered", static_cast<double>(skipped));
  report.add("pollPutOff", "polls that the server had no time for", static_cast<double>(put_off));
  add_latency(report, "poll", "an update by polling", latency);
  report.add("pollCpuMicrosPerUpdate", "server's CPU for an update by polling, µs", span.micros_each(updates));
  add_client_share(report, span.client_share());
  add_faults(report, poller.faults(), settings.callers);
}

}  // namespace

Report run_polling(Bench& bench) {
  Report report;
  measure_streams(bench, report);
  measure_polling(bench, report);
  return report;
}

}  // namespace taskwire::bench
