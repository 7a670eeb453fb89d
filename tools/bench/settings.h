#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "bench/dialect.h"

namespace taskwire::bench {

/// What the command line says.
struct Settings {
  std::string scenario;
  std::string url = "http://127.0.0.1:8080";
  std::string server = "taskwire";
  Templates templates;
  std::uint32_t readers = 0;
  std::uint32_t channels = 0;
  std::uint32_t stalled = 0;
  std::uint32_t callers = 8;
  std::uint32_t at_once = 100;
  std::uint32_t events = 100;
  std::uint32_t owed = 4'096;  ///< KiB.
  std::uint32_t bytes = 200;
  double rate = -1;  ///< Events published a second; 0: as fast as they are answered.
  std::chrono::milliseconds time{5'000};
  std::chrono::milliseconds warm_up{1'000};
  std::chrono::milliseconds settle{500};
  std::chrono::milliseconds patience{30'000};
  std::chrono::milliseconds interval{1'000};
  std::chrono::milliseconds latency{100};
  std::vector<pid_t> server_pids;
  bool is_json = false;
};

/// Fills `settings`. Answers an exit status where the program should end at once: 0 after `--help` and the like, 2
/// after a mistake, which was explained on standard error.
[[nodiscard]] std::optional<int> parse_command_line(int argc, const char* const* argv, Settings& settings);

}  // namespace taskwire::bench
