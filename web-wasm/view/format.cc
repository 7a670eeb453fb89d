#include "view/format.h"

#include <algorithm>
#include <array>

namespace taskwire::view {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kThinSpace = "\u202f";
constexpr std::array<std::string_view, 6> kByteUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::size_t byte_unit(std::int64_t bytes) {
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < kByteUnits.size(); bytes /= 1024) ++unit;
  return unit;
}

/// `bytes` in that unit, without its name.
std::string in_unit(std::int64_t bytes, std::size_t unit) {
  const std::int64_t one = std::int64_t{1} << (10 * unit);
  const std::int64_t whole = bytes / one;
  const std::int64_t tenths = bytes % one * 10 / one;
  if (unit == 0 || whole >= 10) return std::to_string(whole);
  return std::to_string(whole) + '.' + std::to_string(tenths);
}

}  // namespace

std::string format_count(std::int64_t count) {
  std::string digits = std::to_string(count);
  if (digits.size() < 5) return digits;
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && digits[i - 1] != '-' && (digits.size() - i) % 3 == 0) text += kThinSpace;
    text += digits[i];
  }
  return text;
}

std::string format_bytes(std::int64_t bytes) {
  bytes = std::max<std::int64_t>(bytes, 0);
  const auto unit = byte_unit(bytes);
  return in_unit(bytes, unit).append(" ").append(kByteUnits[unit]);
}

std::string format_amount(std::int64_t done, std::int64_t total, std::string_view unit) {
  if (total <= 0 && done <= 0) return {};
  if (unit == "bytes") {
    if (total <= 0) return format_bytes(done);
    const auto shared = byte_unit(total);
    return in_unit(std::max<std::int64_t>(done, 0), shared) + '/' + format_bytes(total);
  }
  std::string text = format_count(done);
  if (total > 0) text += '/' + format_count(total);
  if (!unit.empty()) text.append(" ").append(unit);
  return text;
}

std::string format_duration(Millis duration) {
  duration = std::max(duration, Millis(0));
  const auto d = floor<days>(duration).count();
  const auto h = floor<hours>(duration).count() % 24;
  const auto min = floor<minutes>(duration).count() % 60;
  const auto s = floor<seconds>(duration).count() % 60;
  if (d > 0) return std::to_string(d) + " d " + std::to_string(h) + " h";
  if (h > 0) return std::to_string(h) + " h " + two_digits(min) + " min";
  if (min > 0) return std::to_string(min) + " min " + two_digits(s) + " s";
  const auto tenths = duration.count() / 100 % 10;
  if (s < 10 && tenths > 0) return std::to_string(s) + '.' + std::to_string(tenths) + " s";
  return std::to_string(s) + " s";
}

std::string format_guess(Millis duration) {
  constexpr std::int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;
  const auto s = std::max<std::int64_t>(std::chrono::ceil<seconds>(duration).count(), 1);
  const auto rounded = [&](std::int64_t to) { return (s + to / 2) / to * to; };
  if (s <= 10) return std::to_string(s) + " s";
  if (rounded(5) < kMinute) return std::to_string(rounded(5)) + " s";
  if (rounded(kMinute) < kHour) return std::to_string(rounded(kMinute) / kMinute) + " min";
  if (const auto tens = rounded(10 * kMinute); tens < kDay) {
    const auto min = tens % kHour / kMinute;
    return std::to_string(tens / kHour) + " h" + (min > 0 ? ' ' + std::to_string(min) + " min" : std::string());
  }
  return std::to_string(std::max<std::int64_t>(rounded(kDay) / kDay, 1)) + " d";
}

std::string format_age(Millis age) {
  if (age < seconds(1)) return "now";
  return format_duration(floor<seconds>(age)) + " ago";
}

std::string format_time_of_day(Time time, Millis ahead) {
  const auto local = time + ahead;
  const auto of_day = local - floor<days>(local);
  return two_digits(floor<hours>(of_day).count()) + ':' + two_digits(floor<minutes>(of_day).count() % 60) + ':' +
         two_digits(floor<seconds>(of_day).count() % 60);
}

std::string shorten(std::string_view text, std::size_t bytes) {
  std::size_t end = std::min(text.size(), bytes);
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
  while (end > 0 && end < text.size() && continues(end)) --end;
  std::string result(text.substr(0, end));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  if (end < text.size()) result += "\u2026";
  return result;
}

}  // namespace taskwire::view
