#include "bench/sequence_check.h"

#include <algorithm>
#include <bit>

namespace taskwire::bench {

Faults& Faults::operator+=(const Faults& other) {
  missing += other.missing;
  repeated += other.repeated;
  reordered += other.reordered;
  foreign += other.foreign;
  return *this;
}

void SequenceCheck::start_after(std::uint64_t sequence) {
  *this = {};
  first_ = next_ = sequence + 1;
  highest_ = sequence;
}

bool SequenceCheck::take(std::uint64_t sequence) {
  if (sequence < first_) {
    ++faults_.foreign;
    return false;
  }
  if (sequence < next_) {
    ++faults_.repeated;
    return false;
  }
  while (sequence - next_ >= kWindow) {
    // Given up one by one up to where the window reaches it, or all at once where nothing in between came.
    const auto excess = sequence - next_ - kWindow + 1;
    const auto step = window_ == 0 ? excess : std::min<std::uint64_t>(excess, 1);
    faults_.missing += step - ((window_ & 1U) != 0 ? 1 : 0);
    window_ = step >= kWindow ? 0 : window_ >> step;
    next_ += step;
  }
  const auto bit = std::uint64_t{1} << (sequence - next_);
  if ((window_ & bit) != 0) {
    ++faults_.repeated;
    return false;
  }
  if (sequence < highest_) ++faults_.reordered;
  highest_ = std::max(highest_, sequence);
  window_ |= bit;
  ++taken_;
  advance();
  return true;
}

void SequenceCheck::advance() {
  const auto whole = std::countr_one(window_);
  next_ += static_cast<std::uint64_t>(whole);
  window_ = whole == 64 ? 0 : window_ >> whole;
}

Faults SequenceCheck::faults(std::uint64_t last) const {
  auto result = faults_;
  if (last >= next_) {
    const auto owed = last - next_ + 1;
    const auto came = static_cast<std::uint64_t>(std::popcount(window_));
    result.missing += owed - std::min(owed, came);
  }
  return result;
}

}  // namespace taskwire::bench
