#pragma once

#include <string>

#include "resume/sse_parser.h"

namespace taskwire::tail {

/// `{"id":"…","event":"…","data":…}`, without the line's end. Data that is a JSON text stays exactly that, but for line
/// breaks between its parts; any other is a string. What a terminal would obey is escaped.
[[nodiscard]] std::string json_line(const SseEvent& event);

/// `json`, a JSON text, with what a terminal would obey escaped.
[[nodiscard]] std::string without_controls(const std::string& json);

}  // namespace taskwire::tail
