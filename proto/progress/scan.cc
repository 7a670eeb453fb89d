#include "progress/scan.h"

#include <algorithm>
#include <array>

#include "resume/ascii.h"
#include "text/utf8.h"

namespace taskwire::progress {
namespace {

constexpr std::int64_t kMaxWhole = std::int64_t{1} << 53U;

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

std::size_t digits_of(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_digit(text[size])) ++size;
  return size;
}

}  // namespace

bool Scan::skip(char c) {
  if (rest_.empty() || rest_[0] != c) return false;
  rest_.remove_prefix(1);
  return true;
}

bool Scan::skip(std::string_view text) {
  if (!rest_.starts_with(text)) return false;
  rest_.remove_prefix(text.size());
  return true;
}

Scan& Scan::spaces() {
  while (!rest_.empty() && is_space(rest_[0])) rest_.remove_prefix(1);
  return *this;
}

bool Scan::skip_past(std::string_view text) {
  const auto at = rest_.find(text);
  if (at == std::string_view::npos) return false;
  rest_.remove_prefix(at + text.size());
  return true;
}

std::optional<std::int64_t> Scan::whole() {
  auto text = rest_;
  const auto first = digits_of(text);
  if (first == 0) return std::nullopt;
  std::int64_t value = 0;
  const auto take = [&](std::size_t size) {
    for (const char c : text.substr(0, size)) value = std::min(value * 10 + (c - '0'), kMaxWhole + 1);
    text.remove_prefix(size);
  };
  take(first);
  while (first <= 3 && text.size() > 3 && text[0] == ',' && digits_of(text.substr(1)) == 3) {
    text.remove_prefix(1);
    take(3);
  }
  if (value > kMaxWhole) return std::nullopt;
  rest_ = text;
  return value;
}

std::optional<double> Scan::decimal() {
  const auto before = rest_;
  const auto number = whole();
  if (!number) return std::nullopt;
  auto value = static_cast<double>(*number);
  const auto fraction = rest_.size() > 1 && rest_[0] == '.' ? digits_of(rest_.substr(1)) : 0;
  if (fraction > 0) {
    double place = 0.1;
    for (const char c : rest_.substr(1, fraction)) {
      value += place * (c - '0');
      place /= 10;
    }
    rest_.remove_prefix(1 + fraction);
  }
  if (rest_.size() > 1 && rest_[0] == '.' && is_digit(rest_[1])) {  // 1.2.3 is a version
    rest_ = before;
    return std::nullopt;
  }
  return value;
}

std::optional<int> Scan::percent() {
  const auto before = rest_;
  const auto value = decimal();
  if (value && *value <= 100) {
    if (skip('%') || skip(" %")) return static_cast<int>(*value + 1e-9);
  }
  rest_ = before;
  return std::nullopt;
}

std::optional<std::int64_t> Scan::bytes(int kilo) {
  const auto before = rest_;
  auto value = decimal();
  if (!value) return std::nullopt;
  const auto after_number = rest_;
  spaces();
  constexpr std::string_view kPrefixes = "kmgtp";
  const auto power = rest_.empty() ? std::string_view::npos : kPrefixes.find(to_lower(rest_[0]));
  if (power != std::string_view::npos) {
    rest_.remove_prefix(1);
    const int base = skip('i') ? 1024 : kilo;
    for (std::size_t i = 0; i <= power; ++i) *value *= base;
  }
  const bool has_unit = skip('B') || skip('b');
  if (!has_unit && power == std::string_view::npos) rest_ = after_number;
  const auto whole = whole_of(*value);
  if (!whole || (!rest_.empty() && is_letter(rest_[0]))) {
    rest_ = before;
    return std::nullopt;
  }
  return whole;
}

std::optional<std::int64_t> Scan::clock() {
  auto scan = *this;
  const auto hours = scan.whole();
  if (!hours || *hours > 100'000 || !scan.skip(':')) return std::nullopt;
  const auto minutes = scan.whole();
  if (!minutes || *minutes > 59 || !scan.skip(':')) return std::nullopt;
  const auto seconds = scan.decimal();
  if (!seconds || *seconds >= 61) return std::nullopt;
  *this = scan;
  return (*hours * 60 + *minutes) * 60'000 + static_cast<std::int64_t>(*seconds * 1000 + 0.5);
}

std::string_view Scan::word() {
  spaces();
  const auto size = std::min(rest_.find_first_of(" \t"), rest_.size());
  const auto word = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return word;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::int64_t> whole_of(double value) {
  if (!(value >= 0 && value <= static_cast<double>(kMaxWhole))) return std::nullopt;
  return static_cast<std::int64_t>(value + 0.5);
}

int percent_of(std::int64_t done, std::int64_t total) {
  if (done >= total) return 100;
  return static_cast<int>(static_cast<double>(std::max<std::int64_t>(done, 0)) * 100 / static_cast<double>(total));
}

std::string clean(std::string_view text, std::size_t size) {
  std::string out;
  while (!text.empty()) {
    const auto bytes = utf8_length(text);
    const auto lead = static_cast<unsigned char>(text[0]);
    const bool is_c1 = bytes == 2 && lead == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
    const bool is_control = lead < 0x20 || lead == 0x7F || is_c1;
    const auto shown = bytes == 0   ? std::string_view("\uFFFD")
                       : is_control ? std::string_view(" ")
                                    : text.substr(0, bytes);
    if (out.size() + shown.size() > size) break;
    out += shown;
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return out;
}

}  // namespace taskwire::progress
