#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace taskwire::test {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// How long a test waits for what must happen; generous, since machines are noisy and sanitizers slow.
inline constexpr std::chrono::seconds kPatience(30);

/// A point in time by which something has to have happened.
inline Clock::time_point within(std::chrono::nanoseconds time = kPatience) {
  return Clock::now() + time;
}

/// Whether `condition` came true before `deadline`.
inline bool eventually(const std::function<bool()>& condition, Clock::time_point deadline = within()) {
  while (!condition()) {
    if (Clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace taskwire::test
