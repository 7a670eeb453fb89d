#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace taskwire::bench {

/// Counts values in buckets: below 128 each value has its own, and from there on every power of two has 64, so that a
/// value is told to within 1.6 percent, however large. What is below 0 counts as 0. Takes the same memory for any
/// number of values. Not thread-safe.
class Histogram {
 public:
  void add(std::int64_t value);
  void clear() { *this = {}; }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The largest value, exactly; 0 where there is none.
  [[nodiscard]] std::int64_t max() const { return max_; }
  /// The value that `fraction` of all are not above, at the upper end of its bucket and never above max(); 0 where
  /// there is none. `fraction` is clamped to 0 to 1.
  [[nodiscard]] std::int64_t at(double fraction) const;

 private:
  static constexpr std::size_t kHalf = 64;
  static constexpr std::size_t kBuckets = 2 * kHalf + 56 * kHalf;

  static std::size_t bucket_of(std::uint64_t value);
  static std::int64_t upper_end(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace taskwire::bench
