#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace taskwire {

/// A row of a terminal, without colours, and the cursor in it. A character takes one column, whatever its width; a tab
/// is a character. Not thread-safe.
class TerminalRow {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 10;
  /// The cursor is never moved beyond both this and the end of the text.
  static constexpr std::size_t kMaxColumn = 512;

  [[nodiscard]] const std::string& text() const { return text_; }
  /// Nothing but spaces.
  [[nodiscard]] bool is_blank() const { return text_.find_first_not_of(' ') == std::string::npos; }
  /// Whether something has been written over or erased since it was made.
  [[nodiscard]] bool is_rewritten() const { return is_rewritten_; }
  [[nodiscard]] std::size_t column() const { return column_; }
  /// Where in `text()` the cursor stands; its end where it stands beyond.
  [[nodiscard]] std::size_t at() const { return at_; }

  void move_to(std::size_t column);
  /// Writes at the cursor: printable ASCII and tabs, or one character beyond ASCII. Returns how many bytes had room.
  [[nodiscard]] std::size_t put(std::string_view text);

  void erase_to_end();
  void erase_to_start();
  void erase();

 private:
  friend struct TerminalState;

  void fill_gap();
  std::size_t put_ascii(std::string_view text);
  bool put_character(std::string_view character);

  std::string text_;
  std::size_t at_ = 0;
  std::size_t column_ = 0;
  std::size_t gap_ = 0;  // columns between the end of the text and a cursor beyond it
  bool is_ascii_ = true;
  bool is_rewritten_ = false;
};

}  // namespace taskwire
