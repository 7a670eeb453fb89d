#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "text/utf8.h"

namespace taskwire::engine {

/// Whether `text`, which is UTF-8, contains a control character (C0, DEL or C1).
[[nodiscard]] bool has_control(std::string_view text);

/// `text` as well-formed UTF-8 of at most `most_bytes`: other bytes become `?`, and no character is cut in two.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t most_bytes);

}  // namespace taskwire::engine
