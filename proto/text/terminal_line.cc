#include "text/terminal_line.h"

#include <algorithm>
#include <utility>

#include "text/eight_bytes.h"

namespace taskwire {
namespace {

constexpr std::size_t kBlock = 2048;  // what is wanted or not as a whole

/// The end of what may be asked for at once: that of a line, where there is one.
std::size_t end_of_block(std::string_view bytes) {
  const auto block = bytes.substr(0, kBlock);
  const auto last = block.rfind('\n');
  return last == std::string_view::npos ? block.size() : last + 1;
}

/// Whether the line that ends at `end` is nothing but spaces.
bool is_blank_line(std::string_view bytes, std::size_t end) {
  const auto before = bytes.substr(0, end).rfind('\n');
  return bytes.find_first_not_of(' ', before == std::string_view::npos ? 0 : before + 1) == end;
}

/// How many bytes come before the first that is no printable ASCII, tab or line end, or that ends a line of nothing but
/// spaces.
std::size_t plain_size(std::string_view bytes) {
  std::uint64_t space_before = 0;
  for (std::size_t at = 0; at < bytes.size(); at += EightBytes::kSize) {
    const EightBytes eight(bytes.substr(at));
    const auto ends = eight.equal('\n');
    const auto spaces = eight.equal(' ');
    const auto others = (eight.below(' ') & ~ends & ~eight.equal('\t')) | eight.from(0x7F);
    for (auto marks = others | (ends & ((spaces << 8) | space_before)); marks != 0; marks &= marks - 1) {
      const auto place = at + EightBytes::before(marks);
      if (bytes[place] != '\n' || is_blank_line(bytes, place)) return place;
    }
    space_before = spaces >> 56;
  }
  return bytes.size();
}

/// The plain lines that `block` begins with, the last of which is not empty.
std::string_view plain_lines(std::string_view block) {
  auto lines = block.substr(0, plain_size(block));
  lines = lines.substr(0, lines.rfind('\n') + 1);
  while (lines.ends_with("\n\n")) lines.remove_suffix(1);
  return lines == "\n" ? std::string_view() : lines;
}

}  // namespace

void TerminalLine::feed(std::string_view bytes, TerminalLineSink& sink) {
  sink_ = &sink;
  while (!bytes.empty()) {
    auto block = bytes.substr(0, end_of_block(bytes));
    bytes.remove_prefix(block.size());
    if (is_plain()) {
      const bool is_wanted = sink.wants(block);
      if (!is_wanted || sink.takes_many()) take_plain_lines(block, is_wanted);
    }
    while (!block.empty()) {
      if (is_plain() && take_plain_line(block)) continue;
      const auto size = std::min(block.find('\n'), block.size() - 1) + 1;
      parser_.feed(block.substr(0, size), *this);
      block.remove_prefix(size);
    }
  }
}

/// Whether it looks like a part of a block that is drawn again and again.
bool TerminalLine::is_part(const Row& row) {
  return row.text.is_rewritten() || row.is_returned || row.is_hidden || row.is_handed_out;
}

/// Whether a plain line would leave nothing of itself behind.
bool TerminalLine::is_plain() const {
  const auto& row = rows_[y_];
  if (reach_ > 0 || is_cursor_hidden_ || elsewhere_ || y_ + 1 != rows_.size() || !parser_.is_between()) return false;
  return row.text.text().empty() && row.text.column() == 0 && !row.is_drawn && !is_part(row);
}

/// The same as if each was taken by itself.
void TerminalLine::take_plain_lines(std::string_view& block, bool is_wanted) {
  const auto lines = plain_lines(block);
  if (lines.empty()) return;
  if (y_ > 0) hand_out(y_);
  if (is_wanted) sink_->lines(lines);
  top_ += static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
  block.remove_prefix(lines.size());
}

/// The same as the parser would come to, for a line that is whole and needs none.
bool TerminalLine::take_plain_line(std::string_view& bytes) {
  const auto size = printable_run(bytes);
  if (size == 0 || size == bytes.size() || size > kMaxLine) return false;
  const auto text = bytes.substr(0, size);
  const auto end = bytes[size] == '\r' && size + 1 < bytes.size() ? size + 1 : size;
  if (bytes[end] != '\n' || text.find_first_not_of(' ') == std::string_view::npos) return false;
  sink_->drawing({text, top_ + y_, false});
  if (y_ > 0) hand_out(y_);
  sink_->line(text);
  ++top_;
  bytes.remove_prefix(end + 1);
  return true;
}

void TerminalLine::settle(TerminalLineSink& sink) {
  sink_ = &sink;
  tell(false);
  if (reach_ == 0 && !is_cursor_hidden_) hand_out(y_);
}

void TerminalLine::finish(TerminalLineSink& sink) {
  sink_ = &sink;
  parser_.finish(*this);
  tell(true);
  const auto is_rest = [](const Row& row) { return row.text.is_blank() && row.text.is_rewritten(); };
  bool has_ended = false;
  const auto drop_last = [&] {
    rows_.pop_back();
    has_ended = true;
  };
  if (rows_.back().text.text().empty()) drop_last();
  while (!rows_.empty() && is_rest(rows_.back())) drop_last();
  hand_out(rows_.size(), has_ended);
  *this = {};
}

std::string TerminalLine::unfinished() const {
  std::string text;
  for (const auto& row : rows_) {
    if (!row.is_handed_out) text.append(row.text.text()).append(1, '\n');
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

void TerminalLine::print(std::string_view text) {
  while (true) {
    auto& row = this->row();
    const auto size = row.text.put(text);
    if (size > 0) {
      if (!row.drawing) row.drawing = row.text.at() - size;
      row.is_told = row.is_handed_out = false;
      row.is_hidden = row.is_hidden || is_cursor_hidden_;
    }
    text.remove_prefix(size);
    if (text.empty()) return;
    tell(true);
    if (elsewhere_) {
      elsewhere_ = Row();
      continue;
    }
    hand_out(y_ + 1, false);
    rows_.emplace_front();
  }
}

void TerminalLine::control(char code) {
  if (code == '\n') {
    new_line();
  } else if (code == '\r') {
    row().is_returned = row().is_returned || row().text.text().empty();
    move_to(0);
  } else if (code == '\b') {
    const auto column = row().text.column();
    move_to(column == 0 ? 0 : column - 1);
  }
}

void TerminalLine::escape(char final) {
  if (final == 'D' || final == 'E') {
    new_line();
  } else if (final == 'M') {
    up(1);
  } else if (final == '7') {
    save();
  } else if (final == '8') {
    restore();
  }
}

void TerminalLine::sequence(const ControlSequence& sequence) {
  const auto first = sequence.parameter(0, 1);
  if (sequence.is_private) {
    const bool is_cursor = first == 25;
    if (is_cursor && sequence.final == 'h') is_cursor_hidden_ = false;
    if (is_cursor && sequence.final == 'l') is_cursor_hidden_ = true;
    return;
  }
  const auto column = row().text.column();
  switch (sequence.final) {
    case 'A':
      return up(first);
    case 'B':
      return down(first);
    case 'C':
    case 'a':
      return row().text.move_to(column + first);  // as spaces would do it: the drawing goes on
    case 'D':
      return move_to(column - std::min(column, first));
    case 'E':
      down(first);
      return move_to(0);
    case 'F':
      up(first);
      return move_to(0);
    case 'G':
    case '`':
      return move_to(first - 1);
    case 'H':
    case 'f':
      return go_elsewhere(sequence.parameter(1, 1) - 1);
    case 'd':
      return go_elsewhere(column);
    case 'J':
      return erase_display(sequence.parameter(0, 0));
    case 'K':
      return erase_line(sequence.parameter(0, 0));
    case 's':
      return save();
    case 'u':
      return restore();
    default:
      return;
  }
}

void TerminalLine::command(std::string_view text) {
  sink_->command(text);
}

void TerminalLine::tell(bool has_ended) {
  auto& row = this->row();
  if (!row.drawing) return;
  const auto begin = std::min(*row.drawing, row.text.at());
  const auto text = std::string_view(row.text.text()).substr(begin, row.text.at() - begin);
  const bool is_blank = text.find_first_not_of(' ') == std::string_view::npos;
  if (!is_blank && !row.is_told)
    sink_->drawing({text, elsewhere_ ? kElsewhere : top_ + y_, row.is_drawn || elsewhere_.has_value()});
  row.is_told = true;
  if (!has_ended) return;
  row.drawing.reset();
  row.is_told = false;
  row.is_drawn = row.is_drawn || !is_blank;
}

}  // namespace taskwire
