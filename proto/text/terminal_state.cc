#include "text/terminal_state.h"

#include <cstdint>
#include <limits>
#include <type_traits>

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
    return row.text_.size() <= TerminalRow::kMaxBytes && row.at_ <= row.text_.size();
  }
  static bool is_sound(const TerminalLine& terminal) {
    for (const auto& row : terminal.rows_) {
      if (!is_sound(row.text)) return false;
    }
    const auto& parser = terminal.parser_;
    return terminal.y_ < terminal.rows_.size() && (!terminal.elsewhere_ || is_sound(terminal.elsewhere_->text)) &&
           parser.state_ <= TerminalParser::State::string_escape && parser.character_size_ < parser.character_.size() &&
           parser.command_.size() <= TerminalParser::kMaxCommand + 1;
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
