#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "metrics/counter.h"

namespace taskwire {

/// What a histogram has counted, at some moment. A plain value.
struct HistogramValue {
  std::span<const std::uint64_t> bounds;  ///< Upper bounds of the buckets, rising; they belong to it, as with `le`.
  std::vector<std::uint64_t> counts;      ///< Of each bucket alone; the last has no bound.
  std::uint64_t sum = 0;                  ///< Of all that was observed.

  /// Adds what another of the same bounds has counted.
  void add(const HistogramValue& other) {
    assert(bounds.data() == other.bounds.data());
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    sum += other.sum;
  }
};

/// How often whole numbers fell into which of a few buckets. One thread at a time observes, any thread reads.
class Histogram {
 public:
  static constexpr std::size_t kMostBounds = 16;

  /// `bounds` rise, are at most kMostBounds, and live for ever.
  explicit Histogram(std::span<const std::uint64_t> bounds) : bounds_(bounds) { assert(bounds.size() <= kMostBounds); }

  void observe(std::uint64_t value) {
    std::size_t bucket = 0;
    while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
    counts_[bucket].add();
    sum_.add(value);
  }
  /// In nanoseconds; one that is negative, since clocks differ, counts as none.
  void observe(std::chrono::nanoseconds time) {
    observe(static_cast<std::uint64_t>(std::max<std::chrono::nanoseconds::rep>(time.count(), 0)));
  }
  /// Thread-safe.
  [[nodiscard]] HistogramValue value() const {
    HistogramValue value{bounds_, {}, sum_.value()};
    for (std::size_t i = 0; i <= bounds_.size(); ++i) value.counts.push_back(counts_[i].value());
    return value;
  }

 private:
  const std::span<const std::uint64_t> bounds_;
  std::array<Counter, kMostBounds + 1> counts_;
  Counter sum_;
};

/// Bounds of times, in nanoseconds: 100 µs to 10 s.
inline constexpr std::array<std::uint64_t, 16> kTimeBounds = {
    100'000,    250'000,     500'000,     1'000'000,   2'500'000,     5'000'000,     10'000'000,    25'000'000,
    50'000'000, 100'000'000, 250'000'000, 500'000'000, 1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};
/// Bounds of numbers of events and the like.
inline constexpr std::array<std::uint64_t, 10> kNumberBounds = {0, 1, 4, 16, 64, 256, 1024, 4096, 16'384, 65'536};

}  // namespace taskwire
