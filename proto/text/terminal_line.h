#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "text/terminal_parser.h"
#include "text/terminal_row.h"

namespace taskwire {

/// What was written in one go: up to a line's end, or until the cursor went back or to another row.
struct Drawing {
  std::string_view text;  ///< Not blank. Valid during the call.
  std::uint64_t row = 0;  ///< Rows have numbers that rise from top to bottom.
  bool is_again = false;  ///< Something had been written to this row before.
};

class TerminalLineSink {
 public:
  virtual ~TerminalLineSink() = default;
  /// A finished line, at most TerminalLine::kMaxLine bytes: UTF-8, no control character but tab. Valid during the call.
  virtual void line(std::string_view text) = 0;
  /// What of a line had room, or came before there was no more: as above, but the line has not ended.
  virtual void part(std::string_view text) { line(text); }
  virtual void drawing(const Drawing& /*drawing*/) {}
  /// Whether anything in these bytes, which may hold many lines, is wanted: if not, the plain lines at their beginning
  /// are passed over, with neither `drawing` nor `line`, so that a flood of what nobody looks for costs little.
  virtual bool wants(std::string_view /*bytes*/) { return true; }
  /// Whether plain lines may come many at a time by `lines`, and then neither by `drawing` nor by `line`.
  [[nodiscard]] virtual bool takes_many() const { return false; }
  /// What would come as lines one by one, each with a `\n` behind it; some may be empty.
  virtual void lines(std::string_view /*text*/) {}
  /// An operating system command (OSC), such as `9;4;1;50`; raw bytes, at most TerminalParser::kMaxCommand.
  virtual void command(std::string_view /*text*/) {}
};

/// Folds what is written to a terminal into lines in their last form.
///
/// A line ends with `\n`; what is written over, by `\r`, backspace or movements of the cursor, leaves its last form
/// only, without the spaces at its end. Colours and other sequences are dropped. A plain line is handed out as it ends.
/// Rows that look like a part of a block that is drawn again and again (empty ones, rewritten ones, those that begin
/// with `\r` or were written while the cursor was hidden, and all once the cursor has gone up) are held back, at most
/// kMaxRows of them with kMaxHeld bytes, until a plain line ends or they are too far up. What is written to a row that
/// was handed out already becomes a line of its own. Text that is written elsewhere on the screen between saving and
/// restoring the cursor, as a bar in the last row is, is drawn but no line. A screen that is cleared ends the block.
///
/// It makes no difference where the bytes are cut. Not thread-safe.
class TerminalLine : private TerminalParser::Handler {
 public:
  /// A longer line is handed out when it has no room, and goes on as the next.
  static constexpr std::size_t kMaxLine = TerminalRow::kMaxBytes;
  static constexpr std::size_t kMaxRows = 64;
  static constexpr std::size_t kMaxHeld = std::size_t{64} << 10;
  /// The row of what is drawn elsewhere on the screen.
  static constexpr std::uint64_t kElsewhere = std::numeric_limits<std::uint64_t>::max();

  /// `sink` must outlive the call and not call back.
  void feed(std::string_view bytes, TerminalLineSink& sink);
  /// After a pause: what stands unfinished in the cursor's row is told as a drawing, as if it ended here, and lines
  /// that were held back though the cursor never went up are handed out.
  void settle(TerminalLineSink& sink);
  /// No more will come: hands out the rest. Then it begins anew.
  void finish(TerminalLineSink& sink);

  /// What has not been handed out, in its present form: the unfinished line, after the lines held back if there are
  /// any, with `\n` between them.
  [[nodiscard]] std::string unfinished() const;

 private:
  friend struct TerminalState;
  struct Row {
    TerminalRow text;
    std::optional<std::size_t> drawing;  // where in the text it began
    bool is_told = false;                // the drawing has been told, and nothing came since
    bool is_drawn = false;
    bool is_returned = false;    // began with a return
    bool is_hidden = false;      // written while the cursor was hidden
    bool is_handed_out = false;  // stands for a line that was handed out; nothing has been written since
  };
  struct Place {
    std::uint64_t row;
    std::size_t column;
  };

  void print(std::string_view text) override;
  void control(char code) override;
  void escape(char final) override;
  void sequence(const ControlSequence& sequence) override;
  void command(std::string_view text) override;

  static bool is_part(const Row& row);
  [[nodiscard]] bool is_plain() const;
  void take_plain_lines(std::string_view& block, bool is_wanted);
  bool take_plain_line(std::string_view& bytes);
  [[nodiscard]] Row& row() { return elsewhere_ ? *elsewhere_ : rows_[y_]; }
  void tell(bool has_ended);
  void move_to(std::size_t column);
  void new_line();
  void up(std::size_t rows);
  void down(std::size_t rows);
  void enter(std::size_t y);
  void go_elsewhere(std::size_t column);
  void save();
  void restore();
  void erase_display(std::size_t what);
  void erase_line(std::size_t what);
  void hand_out(std::size_t rows, bool is_last_whole = true);
  void bound();

  TerminalParser parser_;
  TerminalLineSink* sink_ = nullptr;  // during a call
  std::deque<Row> rows_ = std::deque<Row>(1);
  std::size_t y_ = 0;
  std::uint64_t top_ = 0;  // the number of the first of rows_
  std::optional<Row> elsewhere_;
  std::optional<Place> saved_;
  bool is_cursor_hidden_ = false;
  std::size_t reach_ = 0;     // how far up the cursor has gone in this block
  std::size_t since_up_ = 0;  // lines that ended at the bottom since it last did
};

}  // namespace taskwire
