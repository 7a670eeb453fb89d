#include "progress/percent_line.h"

#include <utility>

#include "progress/scan.h"
#include "resume/ascii.h"

namespace taskwire::progress {

bool PercentLines::may_be(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return false;
  return text[0] == '#' || (is_digit(text[0]) && (text.size() <= 3 || text.back() == '%'));
}

bool PercentLines::may_be_in(std::string_view lines) const {
  return note_ || pairs_ >= 2 || contains(lines, '#') || contains(lines, '%');
}

bool PercentLines::tell(int percent, Progress& progress) {
  if (last_ && percent < *last_ && !is_anew(*last_ / 100.0, percent / 100.0)) return false;
  last_ = percent;
  runs_.tell(0, "", {percent, {}, {}}, progress);
  return true;
}

bool PercentLines::read(std::string_view text, Progress& progress) {
  text = trimmed(text);
  if (text.starts_with('#')) {
    note_ = clean(trimmed(text.substr(1)), Progress::kMaxText);
    if (pairs_ < 2) return false;
    progress.message = *note_;
    return true;
  }
  const auto note = std::exchange(note_, std::nullopt);
  Scan scan(text);
  if (const auto percent = scan.percent(); percent && scan.is_at_end()) return tell(*percent, progress);
  const auto number = scan.whole();
  if (!number || *number > 100 || !scan.is_at_end()) return false;
  const auto percent = static_cast<int>(*number);
  if (pairs_ < 2) {
    if (!note) return false;
    pairs_ = percent < paired_ ? 1 : pairs_ + 1;
    paired_ = percent;
    if (pairs_ < 2) return false;
  }
  if (!tell(percent, progress)) return false;
  if (note) progress.message = *note;
  return true;
}

}  // namespace taskwire::progress
