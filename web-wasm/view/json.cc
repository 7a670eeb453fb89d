#include "view/json.h"

#include <algorithm>
#include <charconv>

#include "resume/ascii.h"
#include "view/foreign_text.h"

namespace taskwire::view {
namespace {

constexpr int kMaxExponent = 1'000;  // beyond what a double can hold

void write_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
    case '\\':
      out.append({'\\', c});
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default:
      out += c;
  }
}

void write_code(std::string& out, char32_t code) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.append("\\u").append({kHex[code >> 12U & 15U], kHex[code >> 8U & 15U], kHex[code >> 4U & 15U], kHex[code & 15U]});
}

void write_line(std::string& out, int level) {
  if (level < 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(level) * 2, ' ');
}

}  // namespace

const Json& Json::operator[](std::string_view name) const {
  static const Json null;
  if (kind_ != Kind::object) return null;
  const auto found = std::find_if(items_.begin(), items_.end(), [&](const Json& item) { return item.name_ == name; });
  return found == items_.end() ? null : *found;
}

std::optional<std::int64_t> Json::whole() const {
  std::int64_t number = 0;
  const auto* const end = text_.data() + text_.size();
  if (kind_ != Kind::number) return std::nullopt;
  const auto [stop, error] = std::from_chars(text_.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<double> Json::number() const {
  if (kind_ != Kind::number) return std::nullopt;
  double digits = 0;
  int exponent = 0;
  bool is_fraction = false;
  auto at = text_.begin();
  for (; at != text_.end() && *at != 'e' && *at != 'E'; ++at) {
    if (*at == '.') is_fraction = true;
    if (!is_digit(*at)) continue;
    digits = digits * 10 + (*at - '0');
    if (is_fraction) --exponent;
  }
  if (at != text_.end()) {
    const bool is_negative = at[1] == '-';
    const auto* const begin = &*at + (at[1] == '+' || is_negative ? 2 : 1);
    int given = 0;
    const auto [stop, error] = std::from_chars(begin, text_.data() + text_.size(), given);
    given = error == std::errc() ? std::min(given, kMaxExponent) : kMaxExponent;
    exponent += is_negative ? -given : given;
  }
  for (; exponent > 0; --exponent) digits *= 10;
  for (; exponent < 0; ++exponent) digits /= 10;
  return text_.front() == '-' ? -digits : digits;
}

std::string Json::indented() const {
  std::string out;
  write(out, 0);
  return out;
}

std::string Json::compact() const {
  std::string out;
  write(out, -1);
  return out;
}

void Json::write(std::string& out, int level) const {
  if (kind_ == Kind::null) out.append("null");
  if (kind_ == Kind::boolean || kind_ == Kind::number) out.append(text_);
  if (kind_ == Kind::string) out.append(quoted(text_));
  if (kind_ != Kind::array && kind_ != Kind::object) return;
  const int inner = level < 0 ? level : level + 1;
  out += kind_ == Kind::array ? '[' : '{';
  for (const auto& item : items_) {
    if (&item != items_.data()) out += ',';
    write_line(out, inner);
    if (kind_ == Kind::object) out.append(quoted(item.name_)).append(level < 0 ? ":" : ": ");
    item.write(out, inner);
  }
  if (!items_.empty()) write_line(out, level);
  out += kind_ == Kind::array ? ']' : '}';
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto [code, bytes] = first_character(text);
    if (is_hidden_control(code)) {
      write_code(out, code);
    } else if (bytes == 1) {
      write_escaped(out, text.front());
    } else {
      out.append(text.substr(0, bytes));
    }
    text.remove_prefix(bytes);
  }
  return out += '"';
}

}  // namespace taskwire::view
