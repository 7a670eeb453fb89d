#include "progress/candidate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "progress/not_progress.h"
#include "progress/scan.h"
#include "resume/ascii.h"

namespace taskwire::progress {
namespace {

constexpr std::string_view kSeparators = " \t()[]{}|<>=;\"";

/// A part of a line between separators. A comma within a number is a part of it.
class Words {
 public:
  explicit Words(std::string_view line) : line_(line) {}

  /// The next word, empty at the end; `at()` is where it began.
  std::string_view next() {
    while (end_ < line_.size() && is_separator(end_)) ++end_;
    at_ = end_;
    while (end_ < line_.size() && !is_separator(end_)) ++end_;
    return line_.substr(at_, end_ - at_);
  }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::string_view rest() const { return line_.substr(end_); }

 private:
  [[nodiscard]] bool is_separator(std::size_t i) const {
    if (line_[i] != ',') return kSeparators.find(line_[i]) != std::string_view::npos;
    return i == 0 || i + 1 == line_.size() || !is_digit(line_[i - 1]) || !is_digit(line_[i + 1]);
  }

  std::string_view line_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

bool has_digit(std::string_view word) {
  return std::any_of(word.begin(), word.end(), is_digit);
}

/// Letters, in any script; bars are drawn with U+2500 to U+29FF.
bool has_letter(std::string_view word) {
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto c = static_cast<unsigned char>(word[i]);
    if (is_letter(word[i]) || (c >= 0xC3 && c != 0xE2)) return true;
  }
  return false;
}

std::string_view without_stops(std::string_view word) {
  while (!word.empty() && std::string_view(".,:!").find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  return word;
}

std::optional<int> percent_in(std::string_view word, std::string_view rest) {
  Scan scan(word);
  if (const auto percent = scan.percent(); percent && scan.is_at_end()) return percent;
  Scan apart(word);
  const auto value = apart.decimal();
  if (!value || *value > 100 || !apart.is_at_end() || !rest.starts_with(" %")) return std::nullopt;
  return static_cast<int>(*value);
}

std::optional<Count> fraction(std::optional<std::int64_t> done, std::optional<std::int64_t> total,
                              std::string_view unit) {
  if (!done || !total || *total < 2 || *done > *total) return std::nullopt;
  return Count{{}, done, total, unit};
}

/// `12/50`, `1.2MB/3.4MB`, `1.2/3.4 MB`, `12 / 50`, `12 of 50`.
std::optional<Count> fraction_in(std::string_view word, std::string_view rest) {
  Scan scan(word);
  const auto done = scan.whole();
  if (done && scan.skip('/')) {
    const auto total = scan.whole();
    if (scan.is_at_end()) return fraction(done, total, {});
  }
  if (done && scan.is_at_end()) {
    Scan after(rest);
    if (!after.skip(" of ") && !after.skip(" / ")) return std::nullopt;
    const auto total = after.whole();
    const bool ends =
        after.is_at_end() || kSeparators.find(after.rest()[0]) != std::string_view::npos ||
        !(is_digit(after.rest()[0]) || is_letter(after.rest()[0]) || after.rest()[0] == '/' || after.rest()[0] == '%' ||
          (after.rest()[0] == '.' && after.rest().size() > 1 && is_digit(after.rest()[1])));
    return ends ? fraction(done, total, {}) : std::nullopt;
  }
  Scan sizes(word);
  const auto size = sizes.bytes(1000);
  if (!size || !sizes.skip('/')) {
    return std::nullopt;
  }
  const auto total_text = sizes.rest();
  const auto total = sizes.bytes(1000);
  const bool has_unit = !total_text.empty() && to_lower(total_text.back()) == 'b';
  if (!sizes.is_at_end()) return std::nullopt;
  if (has_unit) return fraction(size, total, "bytes");
  // `1.2/3.4 MB`: one unit for both; tenths are enough to tell how far it is.
  const auto unit = Scan(rest).word();
  const bool is_size = unit.size() >= 2 && unit.size() <= 3 && unit.back() == 'B';
  Scan done_number(word);
  Scan total_number(total_text);
  const auto tenths = [](Scan& number) {
    const auto value = number.decimal();
    return value && *value < 1e12 ? std::optional<std::int64_t>(std::llround(*value * 10)) : std::nullopt;
  };
  const auto counted = is_size ? fraction(tenths(done_number), tenths(total_number), {}) : std::nullopt;
  if (!counted) return std::nullopt;
  return Count{percent_of(*counted->done, *counted->total), {}, {}, {}};
}

/// Bytes of a character at the end of `text` that a bar is drawn with, U+2500 to U+2BFF; 0 where there is none.
std::size_t bar_at_end(std::string_view text) {
  if (text.size() < 3 || text[text.size() - 3] != '\xE2') return 0;
  const auto second = static_cast<unsigned char>(text[text.size() - 2]);
  return second >= 0x94 && second <= 0xAF ? 3 : 0;
}

/// `05/12`, `10/12` at a line's beginning are days rather than parts.
bool may_be_date(std::string_view word, const Count& count) {
  constexpr std::int64_t kMonths = 12;
  constexpr std::size_t kSize = 5;
  return word.size() == kSize && count.total && *count.total <= kMonths;
}

std::string_view label_before(std::string_view text) {
  constexpr std::string_view kBetween = ":-#._*~";
  while (!text.empty()) {
    const bool is_between =
        kSeparators.find(text.back()) != std::string_view::npos || kBetween.find(text.back()) != std::string_view::npos;
    const auto size = is_between ? 1 : bar_at_end(text);
    if (size == 0) break;
    text.remove_suffix(size);
  }
  text = trimmed(text);
  return has_digit(text) || !has_letter(text) ? std::string_view() : text;
}

void mix(std::uint64_t& hash, std::string_view word) {
  hash = (hash ^ key_of(word)) * 0x9E3779B97F4A7C15U;
}

/// The same without the digits of the word; those of a path, and of what begins with a letter, are a part of a name.
void mix_without_digits(std::uint64_t& hash, std::string_view word) {
  const bool is_path = word.find('/') != std::string_view::npos && !is_digit(word[0]);
  if (is_path) return mix(hash, word);
  if (is_letter(word[0])) return mix(hash, word.substr(0, word.find(':')));  // `ETA:12`
  std::uint64_t letters = 0;
  for (const char c : word) {
    if (is_letter(c)) letters = (letters ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  }
  if (letters != 0) hash = (hash ^ letters) * 0x9E3779B97F4A7C15U;
}

}  // namespace

bool may_hold_candidate(std::string_view lines) {
  const bool is_marked = contains(lines, '%') || contains(lines, '/') || lines.find(" of ") != std::string_view::npos;
  return is_marked && has_digit(lines);
}

std::optional<Candidate> find_candidate(std::string_view line) {
  std::optional<Candidate> percent, part;
  Meaning meaning;
  bool shares_differ = false;
  std::uint64_t lead = 1;
  std::uint64_t whole = 1;
  Words words(line);
  for (auto word = words.next(); !word.empty(); word = words.next()) {
    const auto bare = without_stops(word);
    if (!has_digit(word)) {
      if (!has_letter(word)) continue;
      mix(lead, bare);
      mix(whole, bare);
      const auto here = meaning_of(bare);
      meaning.of_percent = meaning.of_percent || here.of_percent;
      meaning.of_fraction = meaning.of_fraction || here.of_fraction;
      continue;
    }
    const auto rest = words.rest();
    const auto found = [&](const Count& count) {
      return Candidate{count, lead, 0, label_before(line.substr(0, words.at()))};
    };
    if (const auto value = percent_in(bare, rest)) {
      shares_differ = shares_differ || (percent && percent->count.percent != value);
      if (!percent) percent = found({value, {}, {}, {}});
    }
    if (!part) {
      const auto value = fraction_in(bare, rest);
      if (value && !(words.at() == 0 && may_be_date(bare, *value))) part = found(*value);
    }
    mix_without_digits(whole, bare);
    if (!is_digit(word[0])) mix_without_digits(lead, bare);
  }
  if (meaning.of_fraction || shares_differ) return std::nullopt;
  const bool agree = percent && part && std::abs(*percent->count.percent - part->count.fraction() * 100) <= 1.5;
  if (agree) {
    auto& both = percent->label.empty() ? *part : *percent;
    both.count = {percent->count.percent, part->count.done, part->count.total, part->count.unit};
    both.lead = percent->lead;
    both.line = whole;
    return both;
  }
  if (meaning.of_percent) percent.reset();
  auto& chosen = percent ? percent : part;
  if (chosen) chosen->line = whole;
  return chosen;
}

}  // namespace taskwire::progress
