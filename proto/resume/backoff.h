#pragma once

#include <chrono>
#include <functional>

namespace taskwire {

/// How long to wait before the next attempt: "full jitter", a random part of a ceiling that doubles with each attempt.
/// Not thread-safe.
class Backoff {
 public:
  struct Limits {
    std::chrono::milliseconds first{500};  ///< The ceiling of the first delay.
    std::chrono::milliseconds most{30'000};
    std::chrono::milliseconds least{0};  ///< No delay is shorter.
  };

  /// `random` gives numbers in [0, 1).
  Backoff(Limits limits, std::function<double()> random);

  /// The delay before the next attempt, between `least` and the present ceiling.
  std::chrono::milliseconds next();

  /// Begins anew; call it after progress, not after a mere connect.
  void reset() { attempts_ = 0; }

  /// Delays given since the last reset.
  [[nodiscard]] int attempts() const { return attempts_; }

 private:
  Limits limits_;
  std::function<double()> random_;
  int attempts_ = 0;
};

}  // namespace taskwire
