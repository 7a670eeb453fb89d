#include <algorithm>
#include <utility>

#include "text/terminal_line.h"

namespace taskwire {

void TerminalLine::move_to(std::size_t column) {
  tell(true);
  row().text.move_to(column);
}

void TerminalLine::enter(std::size_t y) {
  const auto column = rows_[y_].text.column();
  y_ = y;
  rows_[y_].text.move_to(column);
}

void TerminalLine::new_line() {
  tell(true);
  if (elsewhere_) {  // never restored: a line as any other
    auto row = std::move(*elsewhere_);
    elsewhere_.reset();
    saved_.reset();
    enter(rows_.size() - 1);
    if (!rows_[y_].text.is_blank()) new_line();
    rows_[y_] = std::move(row);
  }
  if (y_ + 1 < rows_.size()) {
    ++y_;
    rows_[y_].text.move_to(0);
    return bound();
  }
  const auto& row = rows_[y_];
  const bool is_held = row.text.is_blank() || is_part(row);
  const bool is_calm = reach_ > 0 && ++since_up_ > reach_ + 8;
  if (is_calm) reach_ = 0;
  rows_.emplace_back();
  ++y_;
  if (is_calm || (reach_ == 0 && !is_held)) return hand_out(y_);
  bound();
}

void TerminalLine::up(std::size_t rows) {
  if (elsewhere_) return;
  tell(true);
  bound();
  rows = std::min(rows, kMaxRows);
  if (rows > y_) {
    // The rows above were handed out; empty ones stand for them.
    const auto room = kMaxRows - std::min(kMaxRows, rows_.size());
    const auto missing = std::min({std::uint64_t(rows - y_), top_, std::uint64_t(room)});
    for (std::uint64_t i = 0; i < missing; ++i) {
      rows_.emplace_front();
      rows_.front().is_drawn = rows_.front().is_handed_out = true;
    }
    top_ -= missing;
    y_ += missing;
  }
  enter(y_ - std::min(rows, y_));
  reach_ = std::max(reach_, rows_.size() - 1 - y_);
  since_up_ = 0;
}

void TerminalLine::down(std::size_t rows) {
  if (elsewhere_) return;
  tell(true);
  enter(std::min(y_ + rows, rows_.size() - 1));
  bound();
}

void TerminalLine::go_elsewhere(std::size_t column) {
  tell(true);
  if (saved_) {
    elsewhere_ = Row();
  } else if (!elsewhere_) {
    enter(rows_.size() - 1);
    if (!rows_[y_].text.is_blank()) new_line();
  }
  row().text.move_to(column);
}

void TerminalLine::save() {
  if (!elsewhere_) saved_ = Place{top_ + y_, row().text.column()};
}

void TerminalLine::restore() {
  if (!saved_) return;
  tell(true);
  elsewhere_.reset();
  y_ = saved_->row < top_ ? 0 : std::min(static_cast<std::size_t>(saved_->row - top_), rows_.size() - 1);
  rows_[y_].text.move_to(saved_->column);
  saved_.reset();
}

void TerminalLine::erase_display(std::size_t what) {
  if (elsewhere_) return erase_line(what);
  if (what == 1) {
    for (std::size_t y = 0; y < y_; ++y) rows_[y].text.erase();
    return erase_line(1);
  }
  if (what == 0) {
    rows_.resize(y_ + 1);
    return erase_line(0);
  }
  tell(true);
  enter(rows_.size() - 1);
  if (!rows_[y_].text.is_blank()) new_line();
  reach_ = 0;
  hand_out(y_);
}

void TerminalLine::erase_line(std::size_t what) {
  auto& text = row().text;
  if (what == 0) return text.erase_to_end();
  tell(true);
  if (what == 1) text.erase_to_start();
  if (what == 2) text.erase();
}

/// Hands out the first rows, all of which may be gone then.
void TerminalLine::hand_out(std::size_t rows, bool is_last_whole) {
  for (std::size_t i = 0; i < rows; ++i) {
    const auto& row = rows_.front();
    std::string_view text = row.text.text();
    if (row.text.is_rewritten()) text = text.substr(0, text.find_last_not_of(' ') + 1);
    const bool is_whole = is_last_whole || i + 1 < rows;
    if (!row.is_handed_out) is_whole ? sink_->line(text) : sink_->part(text);
    rows_.pop_front();
  }
  top_ += rows;
  y_ -= std::min(y_, rows);
}

void TerminalLine::bound() {
  std::size_t bytes = 0;
  for (const auto& row : rows_) bytes += row.text.text().size();
  std::size_t rows = 0;
  while (rows < y_ && (rows_.size() - rows > kMaxRows || bytes > kMaxHeld)) bytes -= rows_[rows++].text.text().size();
  if (rows > 0) hand_out(rows);
}

}  // namespace taskwire
