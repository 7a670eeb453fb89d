#include "tail/json_line.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

namespace taskwire::tail {
namespace {

using nlohmann::json;

std::string quoted(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Where `text` begins with a character that a terminal obeys or that ends a line somewhere, and is no control
/// character of ASCII: its escape, and how many bytes it has; 0 where it begins with none.
struct Escape {
  std::string text;
  std::size_t size = 0;
};
Escape escape_of(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr char kDelete = '\x7F';
  constexpr char kLeadOfC1 = '\xC2';
  const auto low = [&](char c) {
    const auto code = static_cast<unsigned char>(c);
    return std::string("\\u00") + kHex[code >> 4U] + kHex[code & 0xFU];
  };
  if (text.front() == kDelete) return {low(kDelete), 1};
  if (text.front() == kLeadOfC1 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0)
    return {low(text[1]), 2};
  if (text.starts_with("\u2028")) return {"\\u2028", 3};
  if (text.starts_with("\u2029")) return {"\\u2029", 3};
  return {};
}

/// DEL, the C1 controls (U+0080 to U+009F) and the line ends U+2028 and U+2029 as `\u007f` and so on: JSON allows them,
/// in strings only.
std::string without_controls(const std::string& line) {
  if (line.find_first_of("\x7F\xC2\xE2") == std::string::npos) return line;
  std::string out;
  for (std::size_t i = 0; i < line.size();) {
    const auto [text, size] = escape_of(std::string_view(line).substr(i));
    if (size == 0) {
      out += line[i++];
    } else {
      out += text;
      i += size;
    }
  }
  return out;
}

/// `text`, which is valid JSON, in one line: only blanks between its parts are raw control characters there.
std::string in_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

}  // namespace

std::string json_line(const SseEvent& event) {
  const auto data = json::accept(event.data) ? in_one_line(event.data) : quoted(event.data);
  return without_controls("{\"id\":" + quoted(event.last_event_id) + ",\"event\":" + quoted(event.type) +
                          ",\"data\":" + data + '}');
}

}  // namespace taskwire::tail
