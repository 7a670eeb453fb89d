#pragma once

#include <string>
#include <string_view>

namespace taskwire::view {

/// Text of others, fit to stand beside ours: what shows nothing itself but changes how its neighbours show (controls,
/// overrides and marks of the direction of writing, fillers without width) becomes U+FFFD. Line ends, tabs and the
/// joiners that scripts and emoji need stay.
[[nodiscard]] std::string marked(std::string_view text);

/// Marked text in the middle of ours, whatever direction it is written in: between U+2068 and U+2069, where it is not
/// ASCII.
[[nodiscard]] std::string isolated(std::string_view text);

/// A character as it stands at the beginning of `text`, which is not empty.
struct Character {
  char32_t code;      ///< U+FFFD where the bytes are no UTF-8 of at most three bytes.
  std::size_t bytes;  ///< At least 1.
};
[[nodiscard]] Character first_character(std::string_view text);

/// Whether `marked` replaces it.
[[nodiscard]] bool is_hidden_control(char32_t code);

}  // namespace taskwire::view
