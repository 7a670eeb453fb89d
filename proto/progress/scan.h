#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskwire::progress {

/// Reads a text from its beginning. What is not there is not taken: the place stays where it is.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  bool skip(char c);
  bool skip(std::string_view text);
  /// Goes over spaces and tabs, if there are any.
  Scan& spaces();
  /// Goes to behind the first `text`.
  bool skip_past(std::string_view text);

  /// Digits, also in groups of three with commas; nothing above 2^53.
  std::optional<std::int64_t> whole();
  /// Digits, perhaps with a fraction after a point.
  std::optional<double> decimal();
  /// `45%`, `45.5%` or `45 %`, 0 to 100, rounded down.
  std::optional<int> percent();
  /// `33`, `585k`, `2.86 MiB`, `33B`: in bytes. `kilo` is what k stands for; in KiB it is 1024 anyway.
  std::optional<std::int64_t> bytes(int kilo);
  /// `1:02:03`, `00:00:04.000000`: in milliseconds.
  std::optional<std::int64_t> clock();
  /// What stands up to the next space; empty at the end.
  std::string_view word();

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

[[nodiscard]] inline bool contains(std::string_view text, char c) {
  return text.find(c) != std::string_view::npos;
}
/// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The next whole number; nothing where it is none from 0 to 2^53.
[[nodiscard]] std::optional<std::int64_t> whole_of(double value);
/// How much of `total`, which is above 0, `done` is, rounded down and within 0 to 100.
[[nodiscard]] int percent_of(std::int64_t done, std::int64_t total);

/// `text` without control characters, which become spaces, cut to `size` bytes but not within a character; U+FFFD where
/// it is no UTF-8.
[[nodiscard]] std::string clean(std::string_view text, std::size_t size);

}  // namespace taskwire::progress
