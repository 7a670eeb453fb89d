#include "view/heart_rate.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "view/json.h"

namespace taskwire::view {
namespace {

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_rate = error == std::errc() && stop == text.data() + text.size() && number >= 0 && number < 1'000;
  return is_rate ? std::optional(number) : std::nullopt;
}

std::string path_of(Pattern pattern) {
  switch (pattern) {
    case Pattern::words:
      return "/string-item";
    case Pattern::json:
      return "/json-item";
    case Pattern::number:
      return "/sse-item";
  }
  return {};
}

}  // namespace

std::optional<int> decode_reading(Pattern pattern, std::string_view data) {
  constexpr std::string_view kBefore = "Heart Rate: ";
  constexpr std::string_view kAfter = " bpm";
  if (pattern == Pattern::number) return whole_number(data);
  if (pattern == Pattern::json) return whole_number(Json::parse(data).value_or(Json())["rate"].text());
  if (!data.starts_with(kBefore) || !data.ends_with(kAfter) || data.size() < kBefore.size() + kAfter.size()) return {};
  return whole_number(data.substr(kBefore.size(), data.size() - kBefore.size() - kAfter.size()));
}

HeartRate::HeartRate(Pattern pattern, int feed_number, std::function<double()> random)
    : pattern_(pattern), feed_(feed_number, {path_of(pattern), false, "heartRate"}, std::move(random)) {}

void HeartRate::received(const StreamEvent& event, Time now) {
  auto taken = feed_.received(event, now);
  log_.forget_newest(taken.forgotten);
  if (!taken.is_item) return;
  const auto rate = decode_reading(pattern_, event.data);
  log_.add({now, event.type, std::move(taken.id), rate ? std::to_string(*rate) : "not understood"});
}

std::vector<int> HeartRate::readings() const {
  std::vector<int> readings;
  for (const auto* entry : log_.shown()) {
    if (const auto rate = whole_number(entry->text)) readings.push_back(*rate);
  }
  std::reverse(readings.begin(), readings.end());
  return readings;
}

}  // namespace taskwire::view
