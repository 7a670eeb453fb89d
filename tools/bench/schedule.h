#pragma once

#include <cstdint>

#include "bench/activity.h"

namespace taskwire::bench {

/// When something is due that happens so many times a second, however long each takes: what is late stays due at its
/// time, so that waiting is measured. A rate of 0 has it due as soon as somebody is free. Not thread-safe.
class Schedule {
 public:
  void start(Nanoseconds at, double per_second) {
    start_ = at;
    per_second_ = per_second;
    taken_ = 0;
  }
  /// When the next one is due.
  [[nodiscard]] Nanoseconds next() const {
    if (per_second_ <= 0) return start_;
    return start_ + static_cast<Nanoseconds>(static_cast<double>(taken_) / per_second_ * static_cast<double>(kSecond));
  }
  [[nodiscard]] bool is_paced() const { return per_second_ > 0; }
  /// Takes the next one, and answers when it was due; `at` where it is not paced.
  Nanoseconds take(Nanoseconds at) {
    const auto due = is_paced() ? next() : at;
    ++taken_;
    return due;
  }

 private:
  Nanoseconds start_ = 0;
  double per_second_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace taskwire::bench
