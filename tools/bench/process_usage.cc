#include "bench/process_usage.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace taskwire::bench {
namespace {

std::string folder_of(pid_t pid) {
  return "/proc/" + std::to_string(pid);
}

void append_children(pid_t pid, std::vector<pid_t>& out) {
  std::error_code error;
  for (std::filesystem::directory_iterator task(folder_of(pid) + "/task", error), end; !error && task != end;
       task.increment(error)) {
    std::ifstream file(task->path() / "children");
    for (pid_t child = 0; file >> child;) {
      if (std::find(out.begin(), out.end(), child) == out.end()) out.push_back(child);
    }
  }
}

std::optional<Nanoseconds> cpu_of(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return std::nullopt;
  return time.tv_sec * kSecond + time.tv_nsec;
}

std::optional<std::uint64_t> memory_of(pid_t pid) {
  std::ifstream file(folder_of(pid) + "/smaps_rollup");
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view kName = "Pss:";
    if (line.starts_with(kName)) return std::stoull(line.substr(kName.size())) * 1024;
  }
  return std::nullopt;
}

}  // namespace

std::vector<pid_t> ProcessUsage::processes() const {
  auto all = roots_;
  for (std::size_t i = 0; i < all.size(); ++i) append_children(all[i], all);
  return all;
}

std::optional<Nanoseconds> ProcessUsage::cpu() const {
  Nanoseconds sum = 0;
  for (const auto pid : processes()) {
    clockid_t clock{};
    if (clock_getcpuclockid(pid, &clock) != 0) return std::nullopt;
    const auto time = cpu_of(clock);
    if (!time) return std::nullopt;
    sum += *time;
  }
  return sum;
}

std::optional<std::uint64_t> ProcessUsage::memory() const {
  std::uint64_t sum = 0;
  for (const auto pid : processes()) {
    const auto memory = memory_of(pid);
    if (!memory) return std::nullopt;
    sum += *memory;
  }
  return sum;
}

Nanoseconds own_cpu() {
  return cpu_of(CLOCK_PROCESS_CPUTIME_ID).value_or(0);
}

}  // namespace taskwire::bench
