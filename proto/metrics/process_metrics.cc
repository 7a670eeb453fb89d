#include "metrics/process_metrics.h"

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/time.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "program/process_stat.h"

namespace taskwire {
namespace {

double seconds_of(const timeval& time) {
  constexpr double kMicrosecondsOfSecond = 1e6;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / kMicrosecondsOfSecond;
}

std::optional<std::size_t> open_descriptors() {
  std::error_code error;
  std::size_t count = 0;
  std::filesystem::directory_iterator descriptors("/proc/self/fd", error);
  for (; !error && descriptors != std::filesystem::directory_iterator(); descriptors.increment(error)) ++count;
  if (error || count == 0) return std::nullopt;
  return count - 1;  // one is the folder's
}

/// The numbers behind the state that its stat tells; the first is that of the parent.
std::vector<std::uint64_t> stat_numbers() {
  std::istringstream fields(process_stat(getpid()));
  std::string word;
  fields >> word;  // the state
  std::vector<std::uint64_t> numbers;
  while (fields >> word) {
    std::uint64_t number = 0;  // of a negative one nothing is wanted
    std::from_chars(word.data(), word.data() + word.size(), number);
    numbers.push_back(number);
  }
  return numbers;
}

/// When the system started, in seconds since 1970.
std::optional<double> boot_time() {
  std::ifstream lines("/proc/stat");
  for (std::string word; lines >> word;) {
    double seconds = 0;
    if (word == "btime" && lines >> seconds) return seconds;
  }
  return std::nullopt;
}

}  // namespace

void collect_process(Exposition& exposition) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    exposition.counter("process_cpu_seconds_total", "Time that the process has spent on CPUs.",
                       seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
  }
  if (const auto count = open_descriptors())
    exposition.gauge("process_open_fds", "File descriptors that are open.", static_cast<double>(*count));
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    exposition.gauge("process_max_fds", "File descriptors that may be open.", static_cast<double>(limit.rlim_cur));

  // proc(5): the fields 22 to 24, of which the parent's is the fourth.
  constexpr std::size_t kStartTime = 18, kVirtualBytes = 19, kResidentPages = 20;
  const auto numbers = stat_numbers();
  if (numbers.size() <= kResidentPages) return;
  exposition.gauge("process_virtual_memory_bytes", "Address space that is in use.",
                   static_cast<double>(numbers[kVirtualBytes]));
  exposition.gauge("process_resident_memory_bytes", "Memory that is in use.",
                   static_cast<double>(numbers[kResidentPages]) * static_cast<double>(sysconf(_SC_PAGESIZE)));
  if (const auto boot = boot_time()) {
    exposition.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.",
                     *boot + static_cast<double>(numbers[kStartTime]) / static_cast<double>(sysconf(_SC_CLK_TCK)));
  }
}

}  // namespace taskwire
