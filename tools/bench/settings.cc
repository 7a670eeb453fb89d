#include "bench/settings.h"

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <cmath>
#include <iostream>
#include <string_view>

#include "bench/exit_status.h"
#include "bench/payload.h"
#include "process/duration.h"

namespace taskwire::bench {
namespace {

constexpr const char* kDescription =
    "Measures a server of event streams: opens many readers, publishes, and judges whether each of them gets each "
    "event "
    "once.";

constexpr const char* kFooter = R"(Scenarios:
  idle          readers that get nothing: memory of the server for each, and what they cost
  fan-out       many readers of one channel
  channels      a channel for each reader; by default published as fast as it is answered
  most          fan-out at growing rates: the most deliveries a second with a p99 within --latency
  connect       readers that come all at once
  replay        readers that come all at once, and want the last --events events of a channel
  slow          fan-out without and with --stalled readers of another channel that take nothing, while each is owed --owed
  interference  fan-out without and beside as many readers of another channel; who has caught up goes, and another comes
  polling       --readers users with a stream each, then polling once in --interval

A delivery takes from when an event was due, by the schedule of --rate, to when a reader has read it: so the time that
an event waits for a publisher who is held up counts too. The load ends by itself.

Any server of event streams over http:// can be measured: give it by --subscribe-url and --publish-url, like
  taskwire-bench fan-out --url http://127.0.0.1:3000 --subscribe-url '/events?c={channel}' --publish-url '/send/{channel}'

Exit status:
  0  each reader got each event once, in order
  1  something was missing, repeated, out of order (with one caller) or of another channel, or a reader was cut
  2  the command line was not understood
  3  the server is not there, or refused what was asked of it
  4  this machine does not let the program open so many connections
  5  streams were not open, or requests not answered, within --patience)";

struct Defaults {
  std::string_view scenario;
  std::uint32_t readers;
  std::uint32_t channels;  // 0: one a reader
  double rate;
};

constexpr std::array<Defaults, 9> kDefaults = {{{"idle", 10'000, 1, 0},
                                                {"fan-out", 1'000, 1, 100},
                                                {"channels", 2'000, 0, 0},
                                                {"most", 1'000, 1, 100},
                                                {"connect", 10'000, 1, 0},
                                                {"replay", 1'000, 1, 0},
                                                {"slow", 5'000, 1, 4},
                                                {"interference", 1'000, 1, 50},
                                                {"polling", 10'000, 0, 1'000}}};

const Defaults* defaults_of(std::string_view scenario) {
  for (const auto& defaults : kDefaults) {
    if (defaults.scenario == scenario) return &defaults;
  }
  return nullptr;
}

int mistake(const std::string& what) {
  std::cerr << "taskwire-bench: " << what << " (see --help)\n";
  return static_cast<int>(ExitStatus::usage);
}

/// The flags of numbers and times, with bounds that are told.
class Flags {
 public:
  explicit Flags(CLI::App& app) : app_(app) {}

  void add_number(const std::string& flag, std::uint32_t& value, std::uint32_t least, std::uint32_t most,
                  const std::string& help) {
    const auto read = [flag, &value, least, most](const std::string& text) {
      std::uint32_t number = 0;
      const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || stop != text.data() + text.size() || number < least || number > most) {
        throw CLI::ValidationError(
            flag, "'" + text + "' is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
      }
      value = number;
    };
    auto* const option = app_.add_option_function<std::string>(flag, read, help)->type_name("NUMBER")->take_last();
    if (value > 0) option->default_str(std::to_string(value));
  }

  void add_time(const std::string& flag, std::chrono::milliseconds& value, std::chrono::milliseconds least,
                std::chrono::milliseconds most, const std::string& help) {
    const auto read = [flag, &value, least, most](const std::string& text) {
      const auto time = parse_duration(text, std::chrono::seconds(1));
      if (!time || *time < least || *time > most) {
        throw CLI::ValidationError(flag, "'" + text + "' is no time from " + format_duration(least) + " to " +
                                             format_duration(most) + "; write for example 5s or 200ms");
      }
      value = *time;
    };
    app_.add_option_function<std::string>(flag, read, help)
        ->type_name("TIME")
        ->default_str(format_duration(value))
        ->take_last();
  }

 private:
  CLI::App& app_;
};

/// What the flags say of a server, in place of what is known of it by name.
struct TemplateFlags {
  Templates given;
  CLI::Option *subscribe, *publish, *method, *type, *body, *poll, *cursor;

  explicit TemplateFlags(CLI::App& app) {
    subscribe = app.add_option("--subscribe-url", given.subscribe_url, "Where a channel is read, with {channel}");
    publish = app.add_option("--publish-url", given.publish_url, "Where is published, with {channel}");
    method = app.add_option("--publish-method", given.publish_method, "How; POST");
    type = app.add_option("--publish-type", given.publish_type, "The Content-Type of what is published; text/plain");
    body = app.add_option("--publish-body", given.publish_body, "What is published, with {payload}, or {channel} too");
    poll = app.add_option("--poll-url", given.poll_url,
                          "Where is polled, with {channel}, and {after} within [brackets] that are left out at first");
    cursor =
        app.add_option("--poll-cursor", given.poll_cursor, "The member of the polled JSON that tells the next {after}");
    for (auto* const option : {subscribe, publish, method, type, body, poll, cursor}) option->take_last();
  }

  void override(Templates& templates) const {
    if (subscribe->count() > 0) templates.subscribe_url = given.subscribe_url;
    if (publish->count() > 0) templates.publish_url = given.publish_url;
    if (method->count() > 0) templates.publish_method = given.publish_method;
    if (type->count() > 0) templates.publish_type = given.publish_type;
    if (body->count() > 0) templates.publish_body = given.publish_body;
    if (poll->count() > 0) templates.poll_url = given.poll_url;
    if (cursor->count() > 0) templates.poll_cursor = given.poll_cursor;
  }
};

std::optional<std::string> find_mistake(Settings& settings) {
  const auto& defaults = *defaults_of(settings.scenario);
  if (settings.readers == 0) settings.readers = defaults.readers;
  if (settings.channels == 0) settings.channels = defaults.channels == 0 ? settings.readers : defaults.channels;
  if (!std::isfinite(settings.rate)) return std::string("--rate: write a number");
  if (settings.rate < 0) settings.rate = defaults.rate;
  if (settings.channels > settings.readers)
    return "--channels: " + std::to_string(settings.channels) + " channels have no reader each; give --readers as many";
  if (settings.scenario == "polling" && settings.channels != settings.readers)
    return std::string("--channels: polling has one for each user; leave it out");
  if (settings.scenario == "polling" && settings.templates.poll_url.empty())
    return std::string("polling needs to know where; give --poll-url and --poll-cursor");
  if (settings.rate == 0 && (settings.scenario == "slow" || settings.scenario == "interference" ||
                             settings.scenario == "polling" || settings.scenario == "most"))
    return "--rate: " + settings.scenario + " needs a rate above 0, so that both of its parts have the same load";
  if (settings.scenario == "slow" && settings.stalled == 0) settings.stalled = std::max(settings.readers / 20, 1U);
  if (settings.scenario == "slow" && settings.stalled >= settings.readers)
    return std::string("--stalled: some of --readers have to be healthy");
  for (const auto pid : settings.server_pids) {
    if (pid <= 0) return std::string("--server-pid: write the number of a process");
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> parse_command_line(int argc, const char* const* argv, Settings& settings) {
  using namespace std::chrono_literals;
  CLI::App app(kDescription, "taskwire-bench");
  app.footer(kFooter);
  app.set_version_flag("--version", TASKWIRE_VERSION);
  std::vector<std::string> names;
  names.reserve(std::size(kDefaults));
  for (const auto& defaults : kDefaults) names.emplace_back(defaults.scenario);
  app.add_option("SCENARIO", settings.scenario, "What to measure")->required()->check(CLI::IsMember(names));
  app.add_option("--url", settings.url, "The server")->capture_default_str()->take_last();
  app.add_option("--server", settings.server,
                 "Its kind, which says how it is spoken to: taskwire, nchan, pushpin, floor")
      ->check(CLI::IsMember({"taskwire", "nchan", "pushpin", "floor"}))
      ->capture_default_str()
      ->take_last();
  const TemplateFlags templates(app);
  Flags flags(app);
  flags.add_number("--readers", settings.readers, 1, 1'000'000, "Streams, the stalled ones among them");
  flags.add_number("--channels", settings.channels, 1, 1'000'000, "Channels that they are spread over");
  flags.add_number("--stalled", settings.stalled, 1, 1'000'000, "Readers that take nothing; by default a twentieth");
  flags.add_number("--owed", settings.owed, 1, 1'000'000, "KiB that each of them is owed at last");
  flags.add_number("--callers", settings.callers, 1, 1'000,
                   "Publishers, each with a connection and one request at a time");
  flags.add_number("--at-once", settings.at_once, 1, 10'000, "Streams that are being opened at a time");
  flags.add_number("--events", settings.events, 1, 100'000, "Events to replay");
  flags.add_number("--bytes", settings.bytes, kPayloadBytes, 60'000, "Size of an event's data");
  app.add_option("--rate", settings.rate, "Events published a second, on all channels together; 0: as fast as answered")
      ->check(CLI::Range(0.0, 1e6))
      ->take_last();
  flags.add_time("--time", settings.time, 10ms, 1h, "How long is measured");
  flags.add_time("--warm-up", settings.warm_up, 0ms, 1h, "How long is published before");
  flags.add_time("--settle", settings.settle, 0ms, 1h, "How long to wait when all streams are open");
  flags.add_time("--patience", settings.patience, 100ms, 1h, "How long to wait for what is late");
  flags.add_time("--interval", settings.interval, 10ms, 1h, "Time between two polls of a user");
  flags.add_time("--latency", settings.latency, 1ms, 1h, "The p99 that `most` allows");
  app.add_option("--server-pid", settings.server_pids,
                 "A process of the server, whose CPU and memory are told with those that it started (repeatable)")
      ->allow_extra_args(false);
  app.add_flag("--json", settings.is_json, "One line of JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return mistake(error.what());
  }
  settings.templates = *known_templates(settings.server);
  templates.override(settings.templates);
  if (const auto wrong = find_mistake(settings)) return mistake(*wrong);
  if (const auto dialect = Dialect::of(settings.templates, settings.url); !dialect) return mistake(dialect.error());
  return std::nullopt;
}

}  // namespace taskwire::bench
