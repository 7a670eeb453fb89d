#include "bench/sequence_check.h"

#include <algorithm>

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
    const auto step = above_ == 0 ? sequence - next_ - kWindow + 1 : 1;
    const bool came = above_ > 0 && has(next_);
    if (came) set(next_, false);
    faults_.missing += step - (came ? 1 : 0);
    next_ += step;
  }
  if (sequence != next_) {
    if (has(sequence)) {
      ++faults_.repeated;
      return false;
    }
    set(sequence, true);
  }
  if (sequence < highest_) ++faults_.reordered;
  highest_ = std::max(highest_, sequence);
  ++taken_;
  if (sequence == next_) ++next_;
  advance();
  return true;
}

bool SequenceCheck::has(std::uint64_t sequence) const {
  if (window_.empty()) return false;
  return (window_[sequence % kWindow / 64] >> (sequence % 64) & 1U) != 0;
}

void SequenceCheck::set(std::uint64_t sequence, bool came) {
  if (window_.empty()) window_.resize(kWindow / 64);
  window_[sequence % kWindow / 64] ^= std::uint64_t{1} << (sequence % 64);
  came ? ++above_ : --above_;
}

void SequenceCheck::advance() {
  while (above_ > 0 && has(next_)) set(next_++, false);
}

Faults SequenceCheck::faults(std::uint64_t last) const {
  auto result = faults_;
  if (last >= next_) {
    const auto owed = last - next_ + 1;
    result.missing += owed - std::min(owed, above_);
  }
  return result;
}

}  // namespace taskwire::bench
