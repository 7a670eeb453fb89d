#include "progress/json_progress.h"

#include <array>
#include <nlohmann/json.hpp>

#include "progress/scan.h"

namespace taskwire::progress {
namespace {

using nlohmann::json;

struct Pair {
  const char *done, *total, *unit;
};
constexpr std::array kPairs = {Pair{"bytes_done", "total_bytes", "bytes"}, Pair{"files_done", "total_files", "files"},
                               Pair{"done", "total", ""}, Pair{"current", "total", ""}};

std::optional<std::int64_t> count(const json& object, const char* name) {
  constexpr double kMost = 9e15;
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const auto value = found->get<double>();
  if (!(value >= 0 && value <= kMost)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<std::string> text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return clean(found->get_ref<const std::string&>(), Progress::kMaxText);
}

void take_counts(const json& object, Progress& progress) {
  for (const auto& [done_name, total_name, unit] : kPairs) {
    const auto done = count(object, done_name);
    const auto total = count(object, total_name);
    if (!done || !total || *done > *total) continue;
    progress.done = done;
    progress.total = total;
    progress.unit = text_of(object, "unit").value_or(unit).substr(0, Progress::kMaxName);
    return;
  }
}

}  // namespace

bool JsonLines::read(std::string_view text, Progress& progress) {
  text = trimmed(text);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return false;
  if (text.find("\"progress\"") == std::string_view::npos && text.find("\"percent_done\"") == std::string_view::npos)
    return false;
  const auto object = json::parse(text, nullptr, false);
  if (!object.is_object()) return false;
  auto found = object.find("percent_done");
  if (found != object.end() && found->is_number()) {
    if (scale_ == Scale::unknown) scale_ = Scale::one;
  } else {
    found = object.find("progress");
    if (found == object.end() || !found->is_number()) return false;
  }
  const auto value = found->get<double>();
  if (!(value >= 0 && value <= 100)) return false;
  if (value > 1) {
    if (scale_ == Scale::one) last_ = 0;  // told too high until now
    scale_ = Scale::hundred;
  } else if (scale_ == Scale::unknown && value > 0 && value < 1) {
    scale_ = Scale::one;
  } else if (scale_ == Scale::unknown && value == 1 && found->is_number_float()) {
    return false;
  }
  const auto percent = scale_ == Scale::one ? value * 100 : value;
  if (percent < last_) return false;
  last_ = percent;
  progress.percent = static_cast<int>(percent + 1e-9);
  take_counts(object, progress);
  if (auto message = text_of(object, "message")) progress.message = std::move(*message);
  if (auto stage = text_of(object, "stage")) progress.stage = std::move(*stage);
  return true;
}

}  // namespace taskwire::progress
