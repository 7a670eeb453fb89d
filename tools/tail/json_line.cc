#include "tail/json_line.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace taskwire::tail {
namespace {

using nlohmann::json;

std::string quoted(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

/// DEL and the C1 controls (U+0080 to U+009F) as `\u007f` and so on: JSON allows them, in strings only.
std::string without_controls(const std::string& line) {
  constexpr char kDelete = '\x7F';
  constexpr char kLeadOfC1 = '\xC2';
  constexpr std::string_view kHex = "0123456789abcdef";
  if (line.find(kDelete) == std::string::npos && line.find(kLeadOfC1) == std::string::npos) return line;
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool is_c1 = line[i] == kLeadOfC1 && i + 1 < line.size() && static_cast<unsigned char>(line[i + 1]) < 0xA0;
    if (!is_c1 && line[i] != kDelete) {
      out += line[i];
      continue;
    }
    const auto code = static_cast<unsigned char>(is_c1 ? line[++i] : kDelete);
    ((out += "\\u00") += kHex[code >> 4U]) += kHex[code & 0xFU];
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
