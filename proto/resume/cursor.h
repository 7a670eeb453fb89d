#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskwire {

/// A place in a log in commit order. 0 lies before the first event.
using Sequence = std::int64_t;

/// "I have been given everything up to and including `sequence` of the log named `epoch`."
///
/// Its text is `<epoch>-<sequence>`: `1*16(a-z0-9) "-" (0 / 1..2^63-1 without leading zeros)`.
struct Cursor {
  std::string epoch;
  Sequence sequence = 0;

  friend bool operator==(const Cursor&, const Cursor&) = default;
};

/// Whether `text` may name a log.
[[nodiscard]] bool is_epoch(std::string_view text);

/// The cursor that `text` spells, or nothing where it spells none.
[[nodiscard]] std::optional<Cursor> parse_cursor(std::string_view text);

[[nodiscard]] std::string to_string(const Cursor& cursor);

/// The text of a cursor, in a place of its own. Of an epoch only what one may have.
class CursorText {
 public:
  explicit CursorText(const Cursor& cursor);
  operator std::string_view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 16 + 1 + 19> text_;
  std::size_t size_;
};

}  // namespace taskwire
