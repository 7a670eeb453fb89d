#include "resume/cursor.h"

#include <algorithm>
#include <charconv>

#include "resume/ascii.h"

namespace taskwire {
namespace {

constexpr std::size_t kMaxEpoch = 16;

bool is_epoch_char(char c) {
  return is_lower(c) || is_digit(c);
}

}  // namespace

bool is_epoch(std::string_view text) {
  return !text.empty() && text.size() <= kMaxEpoch && std::all_of(text.begin(), text.end(), is_epoch_char);
}

std::optional<Cursor> parse_cursor(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos || !is_epoch(text.substr(0, dash))) return std::nullopt;
  const auto digits = text.substr(dash + 1);
  if (digits.empty() || !is_digit(digits.front())) return std::nullopt;
  if (digits.front() == '0' && digits.size() > 1) return std::nullopt;
  Sequence sequence = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, sequence);
  if (error != std::errc() || stop != end) return std::nullopt;
  return Cursor{std::string(text.substr(0, dash)), sequence};
}

std::string to_string(const Cursor& cursor) {
  return std::string(CursorText(cursor));
}

CursorText::CursorText(const Cursor& cursor) {
  auto* end = std::copy_n(cursor.epoch.data(), std::min(cursor.epoch.size(), kMaxEpoch), text_.data());
  *end++ = '-';
  end = std::to_chars(end, text_.data() + text_.size(), cursor.sequence).ptr;
  size_ = static_cast<std::size_t>(end - text_.data());
}

}  // namespace taskwire
