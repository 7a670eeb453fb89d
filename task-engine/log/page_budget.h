#pragma once

#include <cstddef>

namespace taskwire::engine {

/// How much one message may hold: so many events and 256 KiB, but always one event. Not thread-safe.
class PageBudget {
 public:
  static constexpr std::size_t kMostEvents = 256;
  static constexpr std::size_t kMostBytes = std::size_t{256} << 10;

  explicit PageBudget(std::size_t events = kMostEvents) : events_(events) {}

  /// Takes an event in; false if it does not fit any more.
  bool take(std::size_t bytes) {
    if (taken_ > 0 && (taken_ == events_ || bytes > bytes_left_)) return false;
    ++taken_;
    bytes_left_ -= bytes < bytes_left_ ? bytes : bytes_left_;
    return true;
  }

 private:
  std::size_t events_;
  std::size_t bytes_left_ = kMostBytes;
  std::size_t taken_ = 0;
};

}  // namespace taskwire::engine
