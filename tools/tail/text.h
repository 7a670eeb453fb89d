#pragma once

#include <string>
#include <string_view>

namespace taskwire::tail {

/// Whose characters a terminal shows.
struct Style {
  bool has_colour = false;
  bool has_unicode = false;  ///< Bars and the ellipsis may be drawn with more than ASCII.
};

/// `text` without anything that a terminal would obey: control characters (C0, C1, DEL, and those that turn the
/// direction of writing), line ends and bytes that are no UTF-8 become a space or U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

/// How many columns printable UTF-8 takes up; close enough for scripts that terminals agree on.
[[nodiscard]] int columns_of(std::string_view text);

/// Printable `text` cut to at most `columns`, with an ellipsis where something was left out.
[[nodiscard]] std::string fit(std::string_view text, int columns, Style style);

/// `text` in the colour of an SGR code such as `31`, or as it is.
[[nodiscard]] std::string coloured(std::string_view text, std::string_view code, Style style);

}  // namespace taskwire::tail
