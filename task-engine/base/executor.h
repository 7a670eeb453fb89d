#pragma once

#include <functional>

#include "base/clock.h"

namespace taskwire::engine {

/// Runs functions soon, on threads of its own. Thread-safe.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void post(std::function<void()> function) = 0;
};

/// Runs functions at a time. They cannot be taken back: let them hold a weak pointer. Thread-safe.
class Timers {
 public:
  virtual ~Timers() = default;
  /// Runs `function`, which must be short, at `time` or soon after.
  virtual void at(SteadyTime time, std::function<void()> function) = 0;
};

}  // namespace taskwire::engine
