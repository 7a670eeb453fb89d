#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.h"

namespace taskwire::gate {

/// So many at once, and so many a second. Not thread-safe.
class TokenBucket {
 public:
  TokenBucket(double capacity, double per_second) : capacity_(capacity), per_second_(per_second), tokens_(capacity) {}

  /// Takes one; false where there is none.
  [[nodiscard]] bool take(engine::SteadyTime now) {
    if (now > last_) {
      if (last_ != engine::SteadyTime{})
        tokens_ = std::min(capacity_, tokens_ + per_second_ * std::chrono::duration<double>(now - last_).count());
      last_ = now;
    }
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }
  void fill() { tokens_ = capacity_; }

 private:
  const double capacity_;
  const double per_second_;
  double tokens_;
  engine::SteadyTime last_;
};

}  // namespace taskwire::gate
