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
    if (is_empty(now)) return false;
    tokens_ -= 1;
    return true;
  }
  [[nodiscard]] bool is_empty(engine::SteadyTime now) {
    refill(now);
    return tokens_ < 1;
  }
  /// Takes one, and leaves so many; false where there are not as many.
  [[nodiscard]] bool take_leaving(double rest, engine::SteadyTime now) {
    refill(now);
    if (tokens_ < rest + 1) return false;
    tokens_ -= 1;
    return true;
  }
  void fill() { tokens_ = capacity_; }

 private:
  void refill(engine::SteadyTime now) {
    if (now <= last_) return;
    if (last_ != engine::SteadyTime{})
      tokens_ = std::min(capacity_, tokens_ + per_second_ * std::chrono::duration<double>(now - last_).count());
    last_ = now;
  }

  const double capacity_;
  const double per_second_;
  double tokens_;
  engine::SteadyTime last_;
};

}  // namespace taskwire::gate
