#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace taskwire::test {

/// A terminal that understands as much as the program says: what is written to it is found in its lines, those that
/// have scrolled away first. A character is a byte, and takes up a column.
class Terminal {
 public:
  explicit Terminal(std::size_t columns) : columns_(columns) {}

  void write(std::string_view bytes) {
    pending_ += bytes;
    std::size_t at = 0;
    while (at < pending_.size()) {
      const auto taken = take(std::string_view(pending_).substr(at));
      if (taken == 0) break;  // the rest of a sequence is still to come
      at += taken;
    }
    pending_.erase(0, at);
  }

  /// The lines, without blanks at their ends.
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  /// The first line that contains `text`; empty where none does.
  [[nodiscard]] std::string find(const std::string& text) const {
    const auto found = std::find_if(lines_.begin(), lines_.end(),
                                    [&](const std::string& line) { return line.find(text) != std::string::npos; });
    return found == lines_.end() ? std::string() : *found;
  }
  [[nodiscard]] std::size_t count(const std::string& text) const {
    return static_cast<std::size_t>(std::count_if(
        lines_.begin(), lines_.end(), [&](const std::string& line) { return line.find(text) != std::string::npos; }));
  }
  /// Sequences that are none of those it understands.
  [[nodiscard]] const std::vector<std::string>& unknown() const { return unknown_; }
  [[nodiscard]] bool wraps() const { return wraps_; }

 private:
  /// Takes the first character or sequence of `bytes`; answers its size, 0 where it is not whole.
  std::size_t take(std::string_view bytes) {
    if (bytes[0] != '\x1b') return put(bytes[0]), 1;
    const auto end = bytes.find_first_not_of("0123456789;?", 2);
    if (bytes.size() < 3 || end == std::string_view::npos) return 0;
    obey(bytes.substr(2, end - 2), bytes[end]);
    return end + 1;
  }

  void put(char c) {
    if (c == '\r') {
      column_ = 0;
    } else if (c == '\n') {
      next_line();
    } else {
      if (column_ == columns_ && wraps_) next_line();
      column_ = std::min(column_, columns_ - 1);
      auto& line = lines_[line_];
      line.resize(std::max(line.size(), column_ + 1), ' ');
      line[column_++] = c;
    }
  }

  void next_line() {
    column_ = 0;
    if (++line_ == lines_.size()) lines_.emplace_back();
  }

  void obey(std::string_view number, char command) {
    if (command == 'A') {
      line_ -= std::min<std::size_t>(line_, static_cast<std::size_t>(std::atoi(std::string(number).c_str())));
    } else if (command == 'K' || command == 'J') {
      lines_[line_].resize(std::min(lines_[line_].size(), column_));
      if (command == 'J') lines_.resize(line_ + 1);
    } else if (number == "?7") {
      wraps_ = command == 'h';
    } else if (command != 'm') {
      unknown_.push_back(std::string(number) + command);
    }
  }

  std::size_t columns_;
  std::vector<std::string> lines_ = {""};
  std::vector<std::string> unknown_;
  std::string pending_;
  std::size_t line_ = 0, column_ = 0;
  bool wraps_ = true;
};

}  // namespace taskwire::test
