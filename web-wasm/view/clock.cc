#include "view/clock.h"

#include <algorithm>
#include <charconv>

#include "resume/ascii.h"

namespace taskwire::view {
namespace {

/// Takes `count` digits off the front of `text`.
bool take_number(std::string_view& text, std::size_t count, int& number) {
  if (text.size() < count || text.front() < '0' || text.front() > '9') return false;
  const auto* const end = text.data() + count;
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return false;
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

/// Takes `.123456`; the milliseconds in it.
bool take_fraction(std::string_view& text, int& milliseconds) {
  if (!take(text, '.')) return true;
  int digits = 0;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits) {
    if (digits < 3) milliseconds = milliseconds * 10 + (text.front() - '0');
  }
  for (int i = digits; i < 3; ++i) milliseconds *= 10;
  return digits > 0;
}

}  // namespace

std::optional<Time> parse_time(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, milliseconds = 0;
  const bool is_well_formed = take_number(text, 4, year) && take(text, '-') && take_number(text, 2, month) &&
                              take(text, '-') && take_number(text, 2, day) && take(text, 'T') &&
                              take_number(text, 2, hour) && take(text, ':') && take_number(text, 2, minute) &&
                              take(text, ':') && take_number(text, 2, second) && take_fraction(text, milliseconds) &&
                              text == "Z";
  if (!is_well_formed || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + Millis(milliseconds);
}

void ServerClock::saw(Time server, Time now) {
  ahead_ = std::max(ahead_, server - now);
}

}  // namespace taskwire::view
