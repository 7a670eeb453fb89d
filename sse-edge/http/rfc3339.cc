#include "http/rfc3339.h"

#include <chrono>
#include <cstdint>

#include "resume/ascii.h"

namespace taskwire::edge {
namespace {

/// Takes pieces off a text; once one is not there, nothing is any more.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int number = 0;
    for (; count > 0 && is_good_; --count) {
      is_good_ = !rest_.empty() && is_digit(rest_.front());
      if (is_good_) number = number * 10 + (take() - '0');
    }
    return number;
  }
  /// One of `choice`, or 0.
  char one_of(std::string_view choice) {
    is_good_ = is_good_ && !rest_.empty() && choice.find(rest_.front()) != std::string_view::npos;
    return is_good_ ? take() : '\0';
  }
  [[nodiscard]] bool begins_with(char c) const { return is_good_ && rest_.starts_with(c); }
  [[nodiscard]] bool begins_with_digit() const { return is_good_ && !rest_.empty() && is_digit(rest_.front()); }
  [[nodiscard]] bool is_whole() const { return is_good_ && rest_.empty(); }

 private:
  char take() {
    const char first = rest_.front();
    rest_.remove_prefix(1);
    return first;
  }

  std::string_view rest_;
  bool is_good_ = true;
};

std::int32_t nanos_of(Pieces& pieces) {
  if (!pieces.begins_with('.')) return 0;
  pieces.one_of(".");
  std::int32_t nanos = pieces.digits(1) * 100'000'000;
  for (std::int32_t place = 10'000'000; place > 0 && pieces.begins_with_digit(); place /= 10)
    nanos += pieces.digits(1) * place;
  return nanos;
}

/// East of UTC; nothing where it is none.
std::optional<std::chrono::minutes> offset_of(Pieces& pieces) {
  const char sign = pieces.one_of("Zz+-");
  if (sign == 'Z' || sign == 'z') return std::chrono::minutes(0);
  const int hours = pieces.digits(2);
  pieces.one_of(":");
  const int minutes = pieces.digits(2);
  if (hours > 23 || minutes > 59) return std::nullopt;
  return std::chrono::minutes((sign == '-' ? -1 : 1) * (hours * 60 + minutes));
}

}  // namespace

std::optional<google::protobuf::Timestamp> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  Pieces pieces(text);
  const year year(pieces.digits(4));
  pieces.one_of("-");
  const month month(static_cast<unsigned>(pieces.digits(2)));
  pieces.one_of("-");
  const year_month_day date(year, month, day(static_cast<unsigned>(pieces.digits(2))));
  pieces.one_of("Tt");
  const int hour = pieces.digits(2);
  pieces.one_of(":");
  const int minute = pieces.digits(2);
  pieces.one_of(":");
  const int second = pieces.digits(2);
  const auto nanos = nanos_of(pieces);
  const auto offset = offset_of(pieces);
  if (!pieces.is_whole() || !offset || !date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const sys_seconds time = sys_days(date) + hours(hour) + minutes(minute) + seconds(second) - *offset;
  constexpr sys_days kFirst = std::chrono::year(1) / January / 1, kEnd = std::chrono::year(10'000) / January / 1;
  if (time < kFirst || time >= kEnd) return std::nullopt;
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(time.time_since_epoch().count());
  timestamp.set_nanos(nanos);
  return timestamp;
}

}  // namespace taskwire::edge
