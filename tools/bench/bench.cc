#include "bench/bench.h"

#include <algorithm>
#include <random>

#include "bench/network.h"

namespace taskwire::bench {
namespace {

constexpr Nanoseconds kLook = 5 * kMillisecond;  // at least so often it is looked whether all is done

Dialect dialect_of(const Settings& settings) {
  auto dialect = Dialect::of(settings.templates, settings.url);
  if (!dialect) throw Failure(ExitStatus::usage, dialect.error());
  return *std::move(dialect);
}

sockaddr_in address_of(const client::Url& url) {
  const auto address = resolve(url.host, url.port);
  if (!address) throw Failure(ExitStatus::refused, address.error());
  return *address;
}

std::string run_name() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
  std::random_device device;
  std::string name;
  for (int i = 0; i < 8; ++i) name += kLetters[device() % kLetters.size()];
  return name;
}

}  // namespace

std::optional<double> Span::micros_each(std::uint64_t count) const {
  if (!server_cpu || count == 0) return std::nullopt;
  return static_cast<double>(*server_cpu) / static_cast<double>(kMicrosecond) / static_cast<double>(count);
}

Bench::Bench(const Settings& settings)
    : settings_(settings),
      dialect_(dialect_of(settings)),
      subscribe_at_(address_of(dialect_.subscribe_at())),
      publish_at_(address_of(dialect_.publish_at())),
      poll_at_(settings.scenario == "polling" ? address_of(dialect_.poll_at()) : subscribe_at_),
      usage_(settings.server_pids) {
  if (usage_.is_measured() && !usage_.cpu())
    throw Failure(ExitStatus::usage, "--server-pid: there is no such process, or it must not be looked at");
  const bool has_two_sets = settings.scenario == "interference";
  const auto connections =
      std::size_t{settings.readers} * (has_two_sets ? 2 : 1) + 2 * std::size_t{settings.callers} + 1;
  if (const auto wrong = ensure_descriptors(connections)) throw Failure(ExitStatus::too_many, *wrong);
}

Channels& Bench::make_channels(std::uint32_t count) {
  channels_ = std::make_unique<Channels>(count, run_name());
  return *channels_;
}

std::unique_ptr<StreamSet> Bench::make_streams(StreamSet::Plan plan) {
  plan.at_once = settings_.at_once;
  return std::make_unique<StreamSet>(loop_, dialect_, subscribe_at_, *channels_, std::move(plan));
}

std::unique_ptr<Publisher> Bench::make_publisher(std::size_t callers) {
  return make_publisher(callers, settings_.bytes);
}

std::unique_ptr<Publisher> Bench::make_publisher(std::size_t callers, std::size_t bytes) {
  return std::make_unique<Publisher>(loop_, dialect_, publish_at_, *channels_, callers, bytes);
}

bool Bench::drive(std::initializer_list<Activity*> activities, Nanoseconds time, const std::function<bool()>& is_done) {
  const auto deadline = now() + time;
  auto look = now();
  while (true) {
    const auto at = now();
    auto wake = std::min(deadline, at + kLook);
    for (auto* const activity : activities) {
      activity->advance(at);
      wake = std::min(wake, activity->next_due());
    }
    if (at >= look) {
      if (is_done()) return true;
      look = at + kLook;
    }
    if (at >= deadline) return false;
    loop_.run_once(wake);
  }
}

void Bench::pause(Nanoseconds time) {
  drive({}, time, [] { return false; });
}

void Bench::settle() {
  pause(of(settings_.settle));
}

void Bench::open(StreamSet& streams) {
  const bool is_settled = drive({&streams}, of(settings_.patience), [&] { return streams.is_settled(); });
  auto& reception = streams.reception();
  if (reception.failed > 0) {
    throw Failure(ExitStatus::refused, std::to_string(reception.failed) + " of " + std::to_string(streams.size()) +
                                           " streams could not be opened: " + reception.first_problem);
  }
  if (!is_settled) {
    throw Failure(ExitStatus::late, std::to_string(reception.opened) + " of " + std::to_string(streams.size()) +
                                        " streams are open; give more time with --patience");
  }
  streams.advance(now());
  settle();
}

bool Bench::publish(Publisher& publisher, const Publisher::Plan& plan, StreamSet& streams, Nanoseconds patience) {
  publisher.start(plan, now());
  const bool is_answered = drive({&publisher}, plan.time + patience, [&] { return publisher.is_done(); });
  if (publisher.refused() > 0) throw Failure(ExitStatus::refused, publisher.first_problem());
  if (!is_answered) {
    throw Failure(ExitStatus::late,
                  "after " + std::to_string(publisher.accepted()) +
                      " events the server did not answer in time; publish slower with --rate, or give "
                      "more time with --patience");
  }
  return drive({}, patience, [&] { return streams.has_all(); });
}

void Bench::begin_span() {
  span_server_ = usage_.is_measured() ? usage_.cpu() : std::nullopt;
  span_own_ = own_cpu();
  span_wall_ = now();
}

Span Bench::end_span() const {
  Span span;
  span.wall = now() - span_wall_;
  span.own_cpu = own_cpu() - span_own_;
  const auto server = usage_.is_measured() ? usage_.cpu() : std::nullopt;
  if (server && span_server_) span.server_cpu = *server - *span_server_;
  return span;
}

}  // namespace taskwire::bench
