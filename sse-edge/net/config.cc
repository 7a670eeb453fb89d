#include "net/config.h"

#include <iostream>

#include "process/options.h"

namespace taskwire::edge {
namespace {

/// Where the build puts the dashboard, seen from the build's binary.
std::filesystem::path default_web_root() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path("web") : self.parent_path() / "../../wasm/web";
}

}  // namespace

std::optional<int> parse_command_line(int argc, const char* const* argv, Config& config) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  if (config.web_root.empty()) config.web_root = default_web_root().lexically_normal();
  Options options("taskwire-edge", "Serves task progress to browsers as Server-Sent Events");
  options.add_listen(config.listen);
  options.add_switch("--reuse-port", config.reuse_port, "Share the port with another edge on purpose");
  options.add("--engine", config.engine, "Address of the task-engine");
  options.add("--web-root", config.web_root, "Folder with the dashboard's files");
  options.add("--shards", config.shards, "Threads that serve connections; 0: one a core");
  options.add_duration("--heartbeat", config.heartbeat, seconds(1), "Silence after which a stream gets a heartbeat");
  options.add_duration("--retry-min", config.retry_min, milliseconds(1),
                       "Shortest reconnection time given to a stream");
  options.add_duration("--retry-max", config.retry_max, milliseconds(1), "Longest reconnection time given to a stream");
  options.add_duration("--engine-grace", config.engine_grace, seconds(1),
                       "Time without the engine after which /readyz answers 503");
  options.add_duration("--stall-timeout", config.stall_timeout, seconds(1),
                       "Time after which a stream whose reader takes no byte is cut");
  options.add_duration("--gone-timeout", config.gone_timeout, seconds(1),
                       "Time after which a stream whose reader's machine acknowledges nothing is cut");
  options
      .add("--max-lag", config.max_lag, "A reader more than so many events behind gets only the latest of each task")
      ->check(CLI::NonNegativeNumber);
  options.add("--hub-events", config.hub_events, "Events kept in memory for returning readers")
      ->check(CLI::PositiveNumber);
  options.add("--hub-bytes", config.hub_bytes, "Bytes of events kept in memory")->check(CLI::PositiveNumber);
  options.add_list("--allowed-host", config.allowed_hosts, "Host name to answer for, beside localhost (repeatable)");
  options.add_list("--cors-origin", config.cors_origins, "Other origin whose pages may ask and read (repeatable)");
  options
      .add("--max-connections", config.max_connections,
           "Connections at once; fewer where the system lets it open too few files")
      ->check(CLI::PositiveNumber);
  options
      .add("--max-connections-per-address", config.max_connections_per_address,
           "Connections at once from one address, a proxy's too; 0: no bound")
      ->check(CLI::NonNegativeNumber);
  options
      .add("--max-connections-per-user", config.max_connections_per_user,
           "Streams at once that carry one user's tasks or messages; 0: no bound")
      ->check(CLI::NonNegativeNumber);
  options.add("--max-header-bytes", config.max_header_bytes, "Size of a request's header")
      ->check(CLI::Range(1024, 1 << 20));
  options.add("--max-body-bytes", config.max_body_bytes, "Size of a request's body")->check(CLI::PositiveNumber);
  options.add_duration("--request-timeout", config.request_timeout, seconds(1), "Time to send a request");
  options.add_duration("--keep-alive", config.keep_alive, seconds(1),
                       "Time that a connection stays open between two requests; longer than a proxy's in front");
  options.add_duration("--long-request-timeout", config.long_request_timeout, seconds(1),
                       "Time after which a request that waits for its task is answered without it");
  if (const auto status = options.parse(argc, argv)) return status;
  const auto complain = [](const char* what) {
    std::cerr << "taskwire-edge: " << what << " (see --help)\n";
    return 2;
  };
  if (config.retry_min > config.retry_max) return complain("--retry-min is longer than --retry-max");
  if (config.retry_min < milliseconds(1) || config.retry_max > std::chrono::hours(1))
    return complain("--retry-min and --retry-max lie between 1ms and 1h");
  if (config.heartbeat < milliseconds(10)) return complain("--heartbeat is shorter than 10ms");
  if (!parse_address(config.engine)) return complain("--engine is no address; write host:port, like 127.0.0.1:50051");
  return std::nullopt;
}

}  // namespace taskwire::edge
