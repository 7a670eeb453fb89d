#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace taskwire {

/// Counts something that may happen often, and tells the log of it at once and then at most every ten seconds: the last
/// case, and how many there were. Thread-safe.
class Tally {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kPause{10};

  /// `what` begins the line, as in `listener: cannot accept`.
  explicit Tally(std::string what) : what_(std::move(what)) {}

  /// One more, at `now`; `detail` says what is special about this one.
  void count(std::string_view detail, Time now = std::chrono::steady_clock::now());
  /// How many there were.
  [[nodiscard]] std::uint64_t total() const {
    const std::lock_guard lock(mutex_);
    return total_;
  }

 private:
  const std::string what_;
  mutable std::mutex mutex_;
  std::uint64_t total_ = 0;
  std::uint64_t told_ = 0;
  Time quiet_until_{};
};

}  // namespace taskwire
