#include "sources/proc_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace taskwire::engine {
namespace {

constexpr std::string_view kBlanks = " \t";

/// The rest of the line that begins with `label`. A line without its end may have lost digits, so it counts as none.
std::optional<std::string_view> line_of(std::string_view text, std::string_view label) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text.substr(0, end);
    if (line.substr(0, label.size()) == label) return line.substr(label.size());
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

/// Takes the next word off `line`; empty at its end.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const auto word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

template <class Number>
std::optional<Number> parse_number(std::string_view word) {
  Number number{};
  const auto* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> parse_kib(std::string_view meminfo, std::string_view label) {
  auto line = line_of(meminfo, label);
  if (!line) return std::nullopt;
  const auto kib = parse_number<std::uint64_t>(take_word(*line));
  if (!kib || take_word(*line) != "kB" || *kib > std::numeric_limits<std::uint64_t>::max() / 1024) return std::nullopt;
  return *kib * 1024;
}

}  // namespace

std::optional<CpuTimes> parse_cpu_times(std::string_view stat) {
  constexpr int kIdle = 3;
  constexpr int kIoWait = 4;
  constexpr int kSteal = 7;  // the two that follow it, a guest's, are in user and nice already
  auto line = line_of(stat, "cpu ");
  if (!line) return std::nullopt;
  CpuTimes times;
  int column = 0;
  for (auto word = take_word(*line); !word.empty() && column <= kSteal; word = take_word(*line), ++column) {
    const auto ticks = parse_number<std::uint64_t>(word);
    if (!ticks) return std::nullopt;
    times.total += *ticks;
    if (column != kIdle && column != kIoWait) times.busy += *ticks;
  }
  if (column <= kIdle) return std::nullopt;
  return times;
}

double cpu_percent(const CpuTimes& before, const CpuTimes& after) {
  // Linux's counters may step back a little.
  if (after.total <= before.total || after.busy <= before.busy) return 0;
  const auto share = static_cast<double>(after.busy - before.busy) / static_cast<double>(after.total - before.total);
  return std::min(100 * share, 100.0);
}

std::optional<Memory> parse_memory(std::string_view meminfo) {
  const auto total = parse_kib(meminfo, "MemTotal:");
  const auto available = parse_kib(meminfo, "MemAvailable:");
  if (!total || !available) return std::nullopt;
  return Memory{*total - std::min(*available, *total), *total};
}

std::optional<double> parse_load1(std::string_view loadavg) {
  if (loadavg.find_first_of(kBlanks) == std::string_view::npos) return std::nullopt;
  const auto load = parse_number<double>(take_word(loadavg));
  if (!load || !std::isfinite(*load) || *load < 0) return std::nullopt;
  return load;
}

}  // namespace taskwire::engine
