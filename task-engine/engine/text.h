#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace taskwire::engine {

/// Whether `text` is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Whether `text`, which is UTF-8, contains a control character (C0, DEL or C1).
[[nodiscard]] bool has_control(std::string_view text);

/// `text` as well-formed UTF-8 of at most `most_bytes`: other bytes become `?`, and no character is cut in two.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t most_bytes);

}  // namespace taskwire::engine
