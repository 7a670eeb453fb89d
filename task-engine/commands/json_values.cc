#include "commands/json_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "process/duration.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;

struct SizeUnit {
  std::string_view name;
  int shift;
};
constexpr std::array kSizeUnits = {SizeUnit{"KiB", 10}, SizeUnit{"MiB", 20}, SizeUnit{"GiB", 30}, SizeUnit{"TiB", 40}};
constexpr std::uint64_t kLeastSize = std::uint64_t{1} << 20;
constexpr std::uint64_t kMostSize = std::uint64_t{1} << 50;

}  // namespace

Result<void> text_of(const JsonValue& value, std::string& to) {
  if (value.kind != JsonKind::text || value.text.find('\0') != std::string::npos)
    return value.wrong("is no text; write one in quotes");
  to = value.text;
  return {};
}

Result<void> texts_of(const JsonValue& value, const std::string& what, std::vector<std::string>& to) {
  if (value.kind != JsonKind::list) return value.wrong("is no list; write " + what + " in brackets");
  for (const auto& item : value.items) {
    if (auto read = text_of(item, to.emplace_back()); !read) return read;
  }
  return {};
}

Result<void> number_of(const JsonValue& value, std::int64_t least, std::int64_t most, std::int64_t& to) {
  const auto* const end = value.text.data() + value.text.size();
  const auto [stop, error] = std::from_chars(value.text.data(), end, to);
  if (value.kind == JsonKind::number && error == std::errc() && stop == end && to >= least && to <= most) return {};
  return value.wrong("is a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<void> time_of(const JsonValue& value, milliseconds least, milliseconds most, milliseconds& to) {
  const auto time = parse_duration(value.text, std::chrono::seconds(1));
  if (value.kind != JsonKind::text || !time)
    return value.wrong("is no time; write a number and ms, s, m, h or d in quotes, like \"15s\"");
  if (*time < least || *time > most)
    return value.wrong("is a time from " + format_duration(least) + " to " + format_duration(most));
  to = *time;
  return {};
}

Result<void> bytes_of(const JsonValue& value, std::uint64_t& to) {
  const auto* const end = value.text.data() + value.text.size();
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(value.text.data(), end, number);
  const std::string_view name(stop, static_cast<std::size_t>(end - stop));
  const auto* const unit =
      std::find_if(kSizeUnits.begin(), kSizeUnits.end(), [&](const auto& u) { return u.name == name; });
  // Above kMostSize a number may not be shifted.
  const auto bytes = unit != kSizeUnits.end() && number <= kMostSize >> unit->shift ? number << unit->shift : 0;
  if (value.kind != JsonKind::text || error != std::errc() || bytes < kLeastSize)
    return value.wrong(
        "is no size; write a number and KiB, MiB, GiB or TiB in quotes, of 1 MiB to 1024 TiB, like \"512MiB\"");
  to = bytes;
  return {};
}

}  // namespace taskwire::engine
