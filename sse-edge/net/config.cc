#include "net/config.h"

#include "http/origin.h"
#include "net/trusted_proxies.h"
#include "process/options.h"

namespace taskwire::edge {
namespace {

using namespace std::chrono_literals;
constexpr std::int64_t kTebibyte = std::int64_t{1} << 40;

/// Where the build puts the dashboard, seen from the build's binary.
std::filesystem::path default_web_root() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path("web") : self.parent_path() / "../../wasm/web";
}

/// What keeps `config` from working, beyond the bounds of single flags.
std::optional<std::string> find_mistake(const Config& config) {
  if (config.retry_min > config.retry_max) return "--retry-min is longer than --retry-max";
  const auto engine = parse_address(config.engine);
  if (!engine || engine->port == 0)
    return "--engine: '" + config.engine + "' is no address; write host:port, like 127.0.0.1:50051";
  for (const auto& host : config.allowed_hosts) {
    if (auto valid = check_host_setting(host); !valid) return "--allowed-host: " + valid.error();
  }
  for (const auto& origin : config.cors_origins) {
    if (auto valid = check_origin_setting(origin); !valid) return "--cors-origin: " + valid.error();
  }
  for (const auto& range : config.trusted_proxies) {
    if (auto valid = TrustedProxies::parse(range); !valid) return "--trusted-proxy: " + valid.error();
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> parse_command_line(int argc, const char* const* argv, Config& config) {
  constexpr std::int64_t kMostConnections = 1'000'000;
  constexpr std::int64_t kMostRate = 1'000'000;
  if (config.web_root.empty()) config.web_root = default_web_root().lexically_normal();
  Options options("taskwire-edge", "Serves task progress to browsers as Server-Sent Events");
  options.add_listen(config.listen);
  options.add_switch("--reuse-port", config.reuse_port, "Share the port with another edge on purpose");
  options.add("--engine", config.engine, "Address of the task-engine");
  options.add("--web-root", config.web_root, "Folder with the dashboard's files");
  options.add_number("--shards", config.shards, {0, 256}, "Threads that serve connections; 0: one a core");
  options.add_duration("--heartbeat", config.heartbeat, 1s, {10ms, 30s},
                       "Silence after which a stream gets a heartbeat; clients take longer silence for an end");
  options.add_duration("--retry-min", config.retry_min, 1ms, {1ms, 1h}, "Shortest reconnection time given to a stream");
  options.add_duration("--retry-max", config.retry_max, 1ms, {1ms, 1h}, "Longest reconnection time given to a stream");
  options.add_duration("--engine-grace", config.engine_grace, 1s, {0s, 24h},
                       "Time without the engine after which /readyz answers 503");
  options.add_duration("--stall-timeout", config.stall_timeout, 1s, {100ms, 1h},
                       "Time after which a reader that takes no byte, of a stream or an answer, is cut");
  options.add_duration("--gone-timeout", config.gone_timeout, 1s, {1s, 1h},
                       "Time after which a stream whose reader's machine acknowledges nothing is cut");
  options.add_duration(
      "--drain", config.drain, 1s, {0ms, 1h},
      "Time over which SIGTERM spreads the ends of the streams, which come back elsewhere; 0: at once");
  options.add_number("--max-lag", config.max_lag, {0, 1'000'000'000},
                     "A reader more than so many events behind gets only the latest of each task");
  options.add_number("--hub-events", config.hub_events, {1, 100'000'000},
                     "Events kept in memory for returning readers");
  options.add_number("--hub-bytes", config.hub_bytes, {1, kTebibyte}, "Bytes of events kept in memory");
  options.add_list("--allowed-host", config.allowed_hosts, "Host name to answer for, beside localhost (repeatable)");
  options.add_list("--cors-origin", config.cors_origins, "Other origin whose pages may ask and read (repeatable)");
  options.add_number("--max-connections", config.max_connections, {1, kMostConnections},
                     "Connections at once; fewer where the system lets it open too few files");
  options.add_number("--max-connections-per-address", config.max_connections_per_address, {0, kMostConnections},
                     "Connections at once from one address, streams where a trusted proxy asks for it; 0: no bound");
  options.add_number("--max-connections-per-user", config.max_connections_per_user, {0, kMostConnections},
                     "Streams at once that carry one user's tasks or messages; 0: no bound");
  options.add_number("--max-request-rate-per-address", config.max_request_rate_per_address, {0, kMostRate},
                     "Requests a second from one address, ten times as many at once; 0: no bound");
  options.add_number("--max-stream-rate-per-address", config.max_stream_rate_per_address, {0, kMostRate},
                     "New streams a second from one address, ten times as many at once; 0: no bound");
  options.add_list("--trusted-proxy", config.trusted_proxies,
                   "Addresses of a proxy whose X-Forwarded-For is believed, like 10.0.0.0/8 (repeatable)");
  options.add_switch("--forwarded", config.reads_forwarded,
                     "Trusted proxies write Forwarded (RFC 7239), and X-Forwarded-For is not looked at");
  options.add_number(
      "--max-engine-calls", config.max_engine_calls, {1, kMostConnections},
      "Requests at once that wait for an answer of the engine, each for 5 s at most; not what goes in groups");
  options.add_number("--max-claims", config.max_claims, {1, kMostConnections},
                     "Requests for work that wait at once, each with a connection of its own");
  options.add_number("--max-header-bytes", config.max_header_bytes, {1024, 1 << 20}, "Size of a request's header");
  options.add_number("--max-body-bytes", config.max_body_bytes, {1024, 16 << 20}, "Size of a request's body");
  options.add_duration("--request-timeout", config.request_timeout, 1s, {100ms, 1h},
                       "Time to send a request's header, and the longest pause in its body");
  options.add_duration("--keep-alive", config.keep_alive, 1s, {100ms, 1h},
                       "Time that a connection stays open between two requests; longer than a proxy's in front");
  options.add_duration("--long-request-timeout", config.long_request_timeout, 1s, {100ms, 1h},
                       "Time after which a request that waits for its task is answered without it");
  options.add_check([&config] { return find_mistake(config); });
  const auto status = options.parse(argc, argv);
  config.insecure_no_auth = options.insecure_no_auth();
  return status;
}

}  // namespace taskwire::edge
