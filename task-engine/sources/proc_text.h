#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace taskwire::engine {

/// What the texts of Linux's /proc say. Each parser answers nothing for a text that is not as expected, or cut short.

/// Time that all processors together have spent since the boot, in the kernel's ticks.
struct CpuTimes {
  std::uint64_t busy = 0;
  std::uint64_t total = 0;
};

/// From /proc/stat. Waiting for input or output counts as idle, a guest's time as its user's.
[[nodiscard]] std::optional<CpuTimes> parse_cpu_times(std::string_view stat);

/// The share of the time between two readings that was busy, 0 to 100; 0 where no time passed.
[[nodiscard]] double cpu_percent(const CpuTimes& before, const CpuTimes& after);

/// The machine's memory.
struct Memory {
  std::uint64_t used_bytes = 0;  ///< All but what can be had without swapping.
  std::uint64_t total_bytes = 0;
};

/// From /proc/meminfo: MemTotal, and MemTotal less MemAvailable.
[[nodiscard]] std::optional<Memory> parse_memory(std::string_view meminfo);

/// From /proc/loadavg: the average load of the last minute.
[[nodiscard]] std::optional<double> parse_load1(std::string_view loadavg);

}  // namespace taskwire::engine
