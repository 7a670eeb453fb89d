#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace taskwire::edge {

/// How slow a body or an answer may be: never longer than `patience` without a byte, and once that has passed not below
/// kLeastBytesPerSecond on the whole.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::uint64_t kLeastBytesPerSecond = 1024;

  explicit Pace(std::chrono::milliseconds patience, Clock::time_point now = Clock::now())
      : patience_(patience), start_(now), last_(now) {}

  void add(std::uint64_t bytes, Clock::time_point now = Clock::now()) {
    bytes_ += bytes;
    last_ = now;
  }
  /// When it is too slow, unless more bytes come.
  [[nodiscard]] Clock::time_point deadline() const {
    const std::chrono::milliseconds paid(static_cast<std::int64_t>(bytes_ * 1000 / kLeastBytesPerSecond));
    return std::min(last_ + patience_, start_ + patience_ + paid);
  }

 private:
  std::chrono::milliseconds patience_;
  Clock::time_point start_;
  Clock::time_point last_;
  std::uint64_t bytes_ = 0;
};

}  // namespace taskwire::edge
