#pragma once

#include <cstdint>
#include <random>

namespace taskwire::engine {

/// Chances that are the same for the same seed. Not thread-safe.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::uint64_t bits() { return random_(); }
  /// 0 to `end` - 1; `end` is at least 1.
  [[nodiscard]] std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
  [[nodiscard]] bool one_in(std::size_t many) { return below(many) == 0; }
  [[nodiscard]] bool chance(double probability) {
    return std::uniform_real_distribution<>(0, 1)(random_) < probability;
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace taskwire::engine
