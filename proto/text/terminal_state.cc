#include "text/terminal_state.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "text/utf8.h"

namespace taskwire {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kMostRows = 4 * TerminalLine::kMaxRows;
constexpr int kBits = 7;  // of a number, in a byte
constexpr unsigned kMore = 0x80;

/// Numbers as in protobuf: seven bits a byte, the lowest first.
class Writer {
 public:
  void number(std::uint64_t value) {
    for (; value >= kMore; value >>= kBits) bytes_ += static_cast<char>(value | kMore);
    bytes_ += static_cast<char>(value);
  }
  void text(const std::string& value) {
    number(value.size());
    bytes_ += value;
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// What is not there reads as 0, and is told in the end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < std::numeric_limits<std::uint64_t>::digits; shift += kBits) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & (kMore - 1)) << shift;
      if (byte < kMore) return value;
    }
    is_whole_ = false;
    return 0;
  }
  std::string text() {
    const auto size = number();
    if (size > bytes_.size()) is_whole_ = false;
    const auto value = bytes_.substr(0, size);
    bytes_.remove_prefix(value.size());
    return std::string(value);
  }
  void refuse() { is_whole_ = false; }
  [[nodiscard]] bool is_whole() const { return is_whole_; }
  [[nodiscard]] bool is_at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool is_whole_ = true;
};

void pass(Writer& writer, const std::string& value) {
  writer.text(value);
}
void pass(Reader& reader, std::string& value) {
  value = reader.text();
}
template <class T>
requires std::is_arithmetic_v<T> || std::is_enum_v<T>
void pass(Writer& writer, const T& value) {
  if constexpr (std::is_same_v<T, char>) {
    writer.number(static_cast<unsigned char>(value));
  } else {
    writer.number(static_cast<std::uint64_t>(value));
  }
}
template <class T>
requires std::is_arithmetic_v<T> || std::is_enum_v<T>
void pass(Reader& reader, T& value) {
  value = static_cast<T>(reader.number());
}

/// Whether it is what a parser prints: characters, of controls only tabs.
bool is_text(std::string_view text, bool is_ascii) {
  text.remove_prefix(printable_run(text));
  while (!is_ascii && !text.empty()) {
    const auto length = utf8_length(text);
    if (length < 2 || begins_with_c1(text)) return false;
    text.remove_prefix(length);
    text.remove_prefix(printable_run(text));
  }
  return text.empty();
}

/// Whether a character of `text` begins at `place`, or the text ends there.
bool begins_character(std::string_view text, std::size_t place) {
  return place == text.size() || (place < text.size() && !is_utf8_continuation(text[place]));
}

}  // namespace

/// The same walk over all members writes and reads them.
struct TerminalState {
  template <class Way, class Row>
  static void row(Way& way, Row& row) {
    pass(way, row.text_);
    pass(way, row.at_);
    pass(way, row.column_);
    pass(way, row.gap_);
    pass(way, row.is_ascii_);
    pass(way, row.is_rewritten_);
  }

  template <class Way, class Row>
  static void line_row(Way& way, Row& line) {
    row(way, line.text);
    optional(way, line.drawing, [&](auto& value) { pass(way, value); });
    for (auto* const flag : {&line.is_told, &line.is_drawn, &line.is_returned, &line.is_hidden, &line.is_handed_out})
      pass(way, *flag);
  }

  template <class Way, class Parser>
  static void parser(Way& way, Parser& parser) {
    pass(way, parser.state_);
    for (auto& byte : parser.character_) pass(way, byte);
    pass(way, parser.character_size_);
    pass(way, parser.sequence_.final);
    pass(way, parser.sequence_.is_private);
    for (auto& parameter : parser.sequence_.parameters) pass(way, parameter);
    pass(way, parser.parameter_);
    pass(way, parser.command_);
  }

  template <class Way, class Terminal>
  static void rest(Way& way, Terminal& terminal) {
    pass(way, terminal.y_);
    pass(way, terminal.top_);
    optional(way, terminal.elsewhere_, [&](auto& row) { line_row(way, row); });
    optional(way, terminal.saved_, [&](auto& place) {
      pass(way, place.row);
      pass(way, place.column);
    });
    pass(way, terminal.is_cursor_hidden_);
    pass(way, terminal.reach_);
    pass(way, terminal.since_up_);
    parser(way, terminal.parser_);
  }

  template <class T, class Visit>
  static void optional(Writer& way, const std::optional<T>& value, Visit&& visit) {
    pass(way, value.has_value());
    if (value) visit(*value);
  }
  template <class T, class Visit>
  static void optional(Reader& way, std::optional<T>& value, Visit&& visit) {
    bool has_value = false;
    pass(way, has_value);
    if (!has_value) return;
    value = T();
    visit(*value);
  }

  static void write(Writer& way, const TerminalLine& terminal) {
    pass(way, terminal.rows_.size());
    for (const auto& row : terminal.rows_) line_row(way, row);
    rest(way, terminal);
  }

  static void read(Reader& way, TerminalLine& terminal) {
    std::size_t rows = 0;
    pass(way, rows);
    if (rows == 0 || rows > kMostRows) return way.refuse();
    terminal.rows_.resize(rows);
    for (auto& row : terminal.rows_) line_row(way, row);
    rest(way, terminal);
    if (!is_sound(terminal)) way.refuse();
  }

  static bool is_sound(const TerminalRow& row) {
    const std::string_view text = row.text_;
    if (text.size() > TerminalRow::kMaxBytes || !is_text(text, row.is_ascii_) || !begins_character(text, row.at_))
      return false;
    const auto before = text.substr(0, row.at_);
    const auto passed =
        before.size() - static_cast<std::size_t>(std::count_if(before.begin(), before.end(), is_utf8_continuation));
    if (row.gap_ > row.column_ || row.column_ - row.gap_ != passed) return false;
    return row.gap_ == 0 || (row.at_ == text.size() && row.column_ <= TerminalRow::kMaxColumn);
  }

  static bool is_sound(const TerminalLine::Row& row, bool has_cursor) {
    if (!is_sound(row.text)) return false;
    return !row.drawing ||
           (has_cursor && *row.drawing <= row.text.at_ && begins_character(row.text.text_, *row.drawing));
  }

  static bool is_sound(const TerminalParser& parser) {
    return parser.state_ >= TerminalParser::State::ground && parser.state_ <= TerminalParser::State::string_escape &&
           parser.character_size_ < parser.character_.size() &&
           std::all_of(parser.sequence_.parameters.begin(), parser.sequence_.parameters.end(),
                       [](std::size_t value) { return value <= ControlSequence::kMaxParameter; }) &&
           parser.command_.size() <= TerminalParser::kMaxCommand + 1;
  }

  static bool is_sound(const TerminalLine& terminal) {
    const auto& elsewhere = terminal.elsewhere_;
    for (std::size_t y = 0; y < terminal.rows_.size(); ++y) {
      if (!is_sound(terminal.rows_[y], y == terminal.y_ && !elsewhere)) return false;
    }
    return terminal.y_ < terminal.rows_.size() && (!elsewhere || is_sound(*elsewhere, true)) &&
           is_sound(terminal.parser_);
  }
};

std::string write_terminal(const TerminalLine& terminal) {
  Writer writer;
  pass(writer, kVersion);
  TerminalState::write(writer, terminal);
  return writer.take();
}

std::optional<TerminalLine> read_terminal(std::string_view bytes) {
  Reader reader(bytes);
  std::optional<TerminalLine> terminal(std::in_place);
  char version = 0;
  pass(reader, version);
  if (version != kVersion) return std::nullopt;
  TerminalState::read(reader, *terminal);
  if (!reader.is_whole() || !reader.is_at_end()) return std::nullopt;
  return terminal;
}

}  // namespace taskwire
