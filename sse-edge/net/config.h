#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace taskwire::edge {

/// The settings of sse-edge with their defaults. What each means: `taskwire-edge --help`.
struct Config {
  std::string listen = "localhost:8080";
  bool reuse_port = false;
  bool insecure_no_auth = false;
  std::string engine = "127.0.0.1:50051";
  std::filesystem::path web_root;
  unsigned shards = 0;  ///< 0: one a core.

  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds retry_min{1000};
  std::chrono::milliseconds retry_max{3000};
  std::chrono::milliseconds engine_grace{60'000};
  std::chrono::milliseconds stall_timeout{60'000};
  std::chrono::milliseconds gone_timeout{20'000};
  std::chrono::milliseconds drain{10'000};
  std::int64_t max_lag = 1000;
  std::size_t hub_events = 50'000;
  std::size_t hub_bytes = std::size_t{64} << 20;

  std::vector<std::string> allowed_hosts;
  std::vector<std::string> cors_origins;

  std::size_t max_connections = 20'000;
  std::size_t max_connections_per_address = 0;  ///< 0: no bound.
  std::size_t max_connections_per_user = 0;     ///< 0: no bound.
  unsigned max_request_rate_per_address = 0;    ///< A second; 0: no bound.
  unsigned max_stream_rate_per_address = 0;     ///< A second; 0: no bound.
  std::vector<std::string> trusted_proxies;     ///< As TrustedProxies::parse() takes them.
  bool reads_forwarded = false;                 ///< Their Forwarded, in place of X-Forwarded-For.
  std::size_t max_engine_calls = 256;
  std::size_t max_claims = 10'000;
  std::uint32_t max_header_bytes = 64 << 10;
  std::uint64_t max_body_bytes = 256 << 10;
  std::chrono::milliseconds request_timeout{10'000};
  std::chrono::milliseconds keep_alive{75'000};
  std::chrono::milliseconds long_request_timeout{60'000};
};

/// Reads the command line into `config`. Answers an exit status where the program should end at once, as
/// Options::parse.
[[nodiscard]] std::optional<int> parse_command_line(int argc, const char* const* argv, Config& config);

}  // namespace taskwire::edge
