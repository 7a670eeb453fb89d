#include "text/terminal_row.h"

#include <algorithm>

#include "text/utf8.h"

namespace taskwire {

void TerminalRow::move_to(std::size_t column) {
  std::size_t passed = 0;
  if (is_ascii_) {
    at_ = passed = std::min(column, text_.size());
  } else {
    for (at_ = 0; at_ < text_.size() && passed < column; ++passed)
      at_ += utf8_length(std::string_view(text_).substr(at_));
  }
  column_ = std::max(passed, std::min(column, kMaxColumn));
  gap_ = column_ - passed;
}

void TerminalRow::fill_gap() {
  const auto room = kMaxBytes - std::min(kMaxBytes, text_.size());
  text_.append(std::min(gap_, room), ' ');
  at_ = text_.size();
  gap_ = 0;
}

std::size_t TerminalRow::put(std::string_view text) {
  if (gap_ > 0) fill_gap();
  if (static_cast<unsigned char>(text[0]) < 0x80 && is_ascii_) return put_ascii(text);
  std::size_t size = 0;
  while (size < text.size()) {
    const auto character = text.substr(size, utf8_length(text.substr(size)));
    if (!put_character(character)) break;
    size += character.size();
  }
  return size;
}

std::size_t TerminalRow::put_ascii(std::string_view text) {
  const auto size = std::min(text.size(), kMaxBytes - at_);
  const auto over = std::min(size, text_.size() - at_);
  if (over > 0) is_rewritten_ = true;
  text_.replace(at_, over, text.substr(0, size));
  at_ += size;
  column_ += size;
  return size;
}

bool TerminalRow::put_character(std::string_view character) {
  const bool is_over = at_ < text_.size();
  const auto old = is_over ? utf8_length(std::string_view(text_).substr(at_)) : 0;
  if (text_.size() - old + character.size() > kMaxBytes) return false;
  text_.replace(at_, old, character);
  if (is_over) is_rewritten_ = true;
  if (character.size() > 1) is_ascii_ = false;
  at_ += character.size();
  ++column_;
  return true;
}

void TerminalRow::erase_to_end() {
  if (at_ == text_.size()) return;
  text_.resize(at_);
  is_rewritten_ = true;
}

void TerminalRow::erase_to_start() {
  if (text_.empty()) return;
  const auto column = column_;
  const auto end = at_ < text_.size() ? at_ + utf8_length(std::string_view(text_).substr(at_)) : at_;
  text_.replace(0, end, std::min(column + 1, end), ' ');
  is_rewritten_ = true;
  move_to(column);
}

void TerminalRow::erase() {
  if (text_.empty()) return;
  const auto column = column_;
  text_.clear();
  is_ascii_ = true;
  is_rewritten_ = true;
  move_to(column);
}

}  // namespace taskwire
