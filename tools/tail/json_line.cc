#include "tail/json_line.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "text/hex.h"
#include "view/foreign_text.h"

namespace taskwire::tail {
namespace {

using nlohmann::json;

std::string quoted(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

/// `text`, which is valid JSON, in one line: only blanks between its parts are raw control characters there.
std::string in_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

}  // namespace

// DEL, C1, controls of the direction of writing and the like, and the line ends U+2028 and U+2029, as `\u007f` and so
// on: there, they stand in strings only.
std::string without_controls(const std::string& line) {
  std::string out;
  out.reserve(line.size());
  for (std::string_view rest = line; !rest.empty();) {
    const auto [code, bytes] = view::first_character(rest);
    if (view::is_hidden_control(code) || code == 0x2028 || code == 0x2029) {
      (out += "\\u") += hex(code, 4);
    } else {
      out.append(rest.substr(0, bytes));
    }
    rest.remove_prefix(bytes);
  }
  return out;
}

std::string json_line(const SseEvent& event) {
  const auto data = json::accept(event.data) ? in_one_line(event.data) : quoted(event.data);
  return without_controls("{\"id\":" + quoted(event.last_event_id) + ",\"event\":" + quoted(event.type) +
                          ",\"data\":" + data + '}');
}

}  // namespace taskwire::tail
