#include "sources/host.h"

#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <utility>

#include "text/time_text.h"

namespace taskwire::engine {
namespace {

double rounded(double value, double parts) {
  return std::round(value * parts) / parts;
}

}  // namespace

std::optional<v1::PublishRequest> Host::read(SystemTime now) {
  const auto times = parse("/proc/stat", parse_cpu_times);
  const auto memory = parse("/proc/meminfo", parse_memory);
  const auto load1 = parse("/proc/loadavg", parse_load1);
  const auto before = std::exchange(before_, times);
  if (!before || !times || !memory || !load1) return std::nullopt;
  v1::PublishRequest event;
  event.set_topic("channels/host");
  event.set_type("host");
  event.set_data(nlohmann::ordered_json{{"cpuPercent", rounded(cpu_percent(*before, *times), 10)},
                                        {"memoryUsedBytes", memory->used_bytes},
                                        {"memoryTotalBytes", memory->total_bytes},
                                        {"load1", rounded(*load1, 100)},
                                        {"timestamp", time_text(now)}}
                     .dump());
  return event;
}

template <class T>
std::optional<T> Host::parse(const char* path, std::optional<T> (*parser)(std::string_view)) {
  const auto text = read_file_(path);
  auto parsed = text ? parser(*text) : std::nullopt;
  if (!parsed && !std::exchange(has_complained_, true))
    spdlog::warn("{} cannot be {}; there are no readings of the host without it", path, text ? "understood" : "read");
  return parsed;
}

std::optional<std::string> read_small_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();  // which, other than iterators, does not throw where the system cannot read it
  if (!file.is_open() || file.bad() || text.fail()) return std::nullopt;
  return text.str();
}

}  // namespace taskwire::engine
