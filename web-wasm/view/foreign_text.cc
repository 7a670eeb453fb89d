#include "view/foreign_text.h"

#include <algorithm>

namespace taskwire::view {
namespace {

constexpr std::string_view kMark = "\uFFFD";
constexpr std::string_view kIsolate = "\u2068";
constexpr std::string_view kPopIsolate = "\u2069";

bool is_between(char32_t code, char32_t first, char32_t last) {
  return first <= code && code <= last;
}

}  // namespace

bool is_hidden_control(char32_t code) {
  if (code < 0x20) return code != '\t' && code != '\n' && code != '\r';
  return is_between(code, 0x7F, 0x9F) || code == 0x61C || code == 0x180E || code == 0x200B || code == 0x200E ||
         code == 0x200F || is_between(code, 0x202A, 0x202E) || is_between(code, 0x2060, 0x206F) || code == 0xFEFF ||
         is_between(code, 0xFFF9, 0xFFFB);
}

Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if ((lead & 0xE0U) == 0xC0U && continues(1)) return {((lead & 0x1FU) << 6U) | (byte(1) & 0x3FU), 2};
  if ((lead & 0xF0U) == 0xE0U && continues(1) && continues(2))
    return {((lead & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU), 3};
  return {0xFFFD, 1};
}

std::string marked(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [code, bytes] = first_character(text);
    out.append(is_hidden_control(code) ? kMark : text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return out;
}

std::string isolated(std::string_view text) {
  const bool is_ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
  if (is_ascii) return std::string(text);
  return std::string(kIsolate).append(text).append(kPopIsolate);
}

}  // namespace taskwire::view
