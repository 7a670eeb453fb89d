#include "tail/text.h"

#include <algorithm>
#include <array>
#include <optional>

#include "text/utf8.h"
#include "view/foreign_text.h"

namespace taskwire::tail {
namespace {

constexpr std::string_view kReplacement = "\uFFFD";

struct Range {
  char32_t first, last;
};
constexpr std::array kZeroWidth = {Range{0x300, 0x36F},   Range{0x483, 0x489},   Range{0x591, 0x5BD},
                                   Range{0x610, 0x61A},   Range{0x64B, 0x65F},   Range{0x1AB0, 0x1AFF},
                                   Range{0x1DC0, 0x1DFF}, Range{0x200C, 0x200D}, Range{0x20D0, 0x20FF},
                                   Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xE0100, 0xE01EF}};
constexpr std::array kWide = {Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x23E9, 0x23EC},
                              Range{0x2E80, 0x303E},   Range{0x3041, 0xA4CF},   Range{0xA960, 0xA97F},
                              Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
                              Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
                              Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1FAFF}, Range{0x20000, 0x3FFFD}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const Range& range) { return range.first <= c && c <= range.last; });
}

bool is_control(char32_t c) {
  return c < 0x20 || c == 0x2028 || c == 0x2029 || view::is_hidden_control(c);
}

int width_of(char32_t c) {
  if (is_in(kZeroWidth, c)) return 0;
  return is_in(kWide, c) ? 2 : 1;
}

struct Character {
  char32_t code;
  std::size_t bytes;
};

/// The first character of `text`, which is not empty; nothing where its first byte begins none.
std::optional<Character> first_character(std::string_view text) {
  const auto bytes = utf8_length(text);
  if (bytes == 0) return std::nullopt;
  const auto bits = [&](std::size_t i, unsigned mask) { return static_cast<unsigned char>(text[i]) & mask; };
  char32_t code = bytes == 1 ? bits(0, 0x7FU) : bits(0, 0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6U) | bits(i, 0x3FU);
  return Character{code, bytes};
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto character = first_character(text);
    const std::size_t bytes = character ? character->bytes : 1;
    const bool is_space = text[0] == '\t' || text[0] == '\n' || text[0] == '\r';
    if (is_space) {
      out += ' ';
    } else if (!character || is_control(character->code)) {
      out += kReplacement;
    } else {
      out.append(text.substr(0, bytes));
    }
    text.remove_prefix(bytes);
  }
  return out;
}

int columns_of(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const auto character = first_character(text).value_or(Character{U'?', 1});
    columns += width_of(character.code);
    text.remove_prefix(character.bytes);
  }
  return columns;
}

std::string fit(std::string_view text, int columns, Style style) {
  if (columns_of(text) <= columns) return std::string(text);
  const std::string_view ellipsis = style.has_unicode ? "\u2026" : "...";
  int left = columns - columns_of(ellipsis);
  if (left < 0) return {};
  std::size_t end = 0;
  while (end < text.size()) {
    const auto character = first_character(text.substr(end)).value_or(Character{U'?', 1});
    left -= width_of(character.code);
    if (left < 0) break;
    end += character.bytes;
  }
  return std::string(text.substr(0, end)).append(ellipsis);
}

std::string coloured(std::string_view text, std::string_view code, Style style) {
  if (!style.has_colour || code.empty() || text.empty()) return std::string(text);
  return std::string("\x1b[").append(code).append("m").append(text).append("\x1b[0m");
}

}  // namespace taskwire::tail
