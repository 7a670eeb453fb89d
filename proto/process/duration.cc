#include "process/duration.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace taskwire {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  milliseconds length;
};
constexpr std::array kUnits = {Unit{"d", std::chrono::hours(24)}, Unit{"h", std::chrono::hours(1)},
                               Unit{"m", std::chrono::minutes(1)}, Unit{"s", std::chrono::seconds(1)},
                               Unit{"ms", milliseconds(1)}};

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text, milliseconds bare_unit) {
  milliseconds::rep number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  const std::string_view name(stop, static_cast<std::size_t>(text.data() + text.size() - stop));
  milliseconds unit = bare_unit;
  if (!name.empty()) {
    const auto* const found = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.name == name; });
    if (found == kUnits.end()) return std::nullopt;
    unit = found->length;
  }
  if (number > kLongestDuration / unit) return std::nullopt;
  return number * unit;
}

std::string format_duration(milliseconds duration) {
  const auto* const unit = std::find_if(kUnits.begin(), kUnits.end() - 1, [&](const Unit& u) {
    return duration >= u.length && duration % u.length == milliseconds(0);
  });
  return std::to_string(duration / unit->length).append(unit->name);
}

}  // namespace taskwire
