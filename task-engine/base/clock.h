#pragma once

#include <chrono>

namespace taskwire::engine {

using SystemTime = std::chrono::system_clock::time_point;
using SteadyTime = std::chrono::steady_clock::time_point;

/// What time it is. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// For people and for what is kept: may jump.
  [[nodiscard]] virtual SystemTime now() const = 0;
  /// For measuring: never falls.
  [[nodiscard]] virtual SteadyTime steady() const = 0;
};

/// The machine's clocks. Thread-safe.
class MachineClock final : public Clock {
 public:
  [[nodiscard]] SystemTime now() const override { return std::chrono::system_clock::now(); }
  [[nodiscard]] SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

inline const MachineClock kMachineClock;

}  // namespace taskwire::engine
