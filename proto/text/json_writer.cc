#include "text/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "text/eight_bytes.h"

namespace taskwire {
namespace {

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
constexpr std::size_t kLongestEscape = 6;

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

/// The escape of the line end beyond ASCII that `text` begins with, NEL, LINE SEPARATOR or PARAGRAPH SEPARATOR, and how
/// many bytes it has; 0 where it begins with none. JSON allows them raw, but what reads line by line cuts there.
struct LineEnd {
  std::string_view escape;
  std::size_t size = 0;
};
LineEnd line_end(std::string_view text) {
  if (text.starts_with("\xC2\x85")) return {"\\u0085", 2};
  if (text.starts_with("\xE2\x80\xA8")) return {"\\u2028", 3};
  if (text.starts_with("\xE2\x80\xA9")) return {"\\u2029", 3};
  return {};
}

/// Of each byte in a string, at most: the first bytes of the line ends that are escaped beyond ASCII begin other
/// characters as well.
constexpr auto kSizes = [] {
  std::array<std::uint8_t, 256> sizes{};
  for (std::size_t byte = 0; byte < sizes.size(); ++byte) sizes[byte] = byte < ' ' ? kLongestEscape : 1;
  for (const char c : {'"', '\\', '\n', '\r', '\t'}) sizes[static_cast<unsigned char>(c)] = 2;
  sizes[0xC2] = 5;
  sizes[0xE2] = 4;
  return sizes;
}();

/// How many of the first eight bytes of `text` a string has as they are, for certain.
std::size_t plain_of_eight(std::string_view text) {
  const EightBytes eight(text);
  const auto marks = eight.below(' ') | eight.equal('"') | eight.equal('\\') | eight.equal(0xC2, 0xE2);
  return std::min(EightBytes::before(marks), text.size());
}

/// Puts the byte that `text` begins with, or the line end beyond ASCII, at `to`, which has room for an escape, and
/// takes it off; how many bytes that made.
std::size_t put_one(std::string_view& text, char* to) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kNamed = "\"\\\n\r\t";
  constexpr std::string_view kNames = "\"\\nrt";
  const auto c = static_cast<unsigned char>(text[0]);
  const auto end = c == 0xC2 || c == 0xE2 ? line_end(text) : LineEnd();
  if (end.size > 0) {
    text.remove_prefix(end.size);
    return end.escape.copy(to, end.escape.size());
  }
  text.remove_prefix(1);
  to[0] = static_cast<char>(c);
  if (c >= 0x20 && c != '"' && c != '\\') return 1;
  to[0] = '\\';
  if (const auto named = kNamed.find(static_cast<char>(c)); named != std::string_view::npos) {
    to[1] = kNames[named];
    return 2;
  }
  constexpr std::string_view kUnit = "u00";
  kUnit.copy(to + 1, kUnit.size());
  to[4] = kHex[c >> 4];
  to[5] = kHex[c & 15];
  return kLongestEscape;
}

void append_escaped(std::string& out, std::string_view text) {
  std::array<char, 1024> piece;
  std::size_t size = 0;
  while (!text.empty()) {
    if (size + EightBytes::kSize + kLongestEscape > piece.size()) out.append(piece.data(), std::exchange(size, 0));
    text.copy(piece.data() + size, EightBytes::kSize);  // what is not plain is written over
    const auto plain = plain_of_eight(text);
    size += plain;
    text.remove_prefix(plain);
    if (plain < EightBytes::kSize && !text.empty()) size += put_one(text, piece.data() + size);
  }
  out.append(piece.data(), size);
}

}  // namespace

std::size_t json_size(std::string_view text) {
  std::size_t size = 0;
  while (!text.empty()) {
    const auto plain = plain_of_eight(text);
    size += plain;
    text.remove_prefix(plain);
    if (plain == EightBytes::kSize || text.empty()) continue;
    size += kSizes[static_cast<unsigned char>(text[0])];
    text.remove_prefix(1);
  }
  return size;
}

void JsonWriter::separate() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_ += '{';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  out_ += '[';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  value(name);
  out_ += ':';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  out_ += '"';
  append_escaped(out_, text);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::value(std::int64_t number) {
  separate();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  if (number == std::trunc(number) && std::abs(number) <= kExactIntegers)
    return value(static_cast<std::int64_t>(number));
  separate();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::value(bool yes) {
  return raw(yes ? "true" : "false");
}

JsonWriter& JsonWriter::null() {
  return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

}  // namespace taskwire
