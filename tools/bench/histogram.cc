#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace taskwire::bench {

void Histogram::add(std::int64_t value) {
  value = std::max<std::int64_t>(value, 0);
  ++buckets_[bucket_of(static_cast<std::uint64_t>(value))];
  ++count_;
  max_ = std::max(max_, value);
}

std::int64_t Histogram::at(double fraction) const {
  if (count_ == 0) return 0;
  const auto exact = std::ceil(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(count_));
  const auto wanted = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(exact), 1, count_);
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  while ((seen += buckets_[bucket]) < wanted) ++bucket;
  return std::min(upper_end(bucket), max_);
}

std::size_t Histogram::bucket_of(std::uint64_t value) {
  if (value < 2 * kHalf) return static_cast<std::size_t>(value);
  const auto shift = static_cast<std::size_t>(std::bit_width(value)) - 7;
  return shift * kHalf + static_cast<std::size_t>(value >> shift);
}

std::int64_t Histogram::upper_end(std::size_t bucket) {
  if (bucket < 2 * kHalf) return static_cast<std::int64_t>(bucket);
  const auto shift = bucket / kHalf - 1;
  const auto top = static_cast<std::uint64_t>(bucket - shift * kHalf);
  return static_cast<std::int64_t>(((top + 1) << shift) - 1);
}

}  // namespace taskwire::bench
