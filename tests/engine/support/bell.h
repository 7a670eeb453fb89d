#pragma once

#include "engine/support/wait.h"
#include "log/hot_tail.h"

namespace taskwire::engine {

/// Rings when the log wakes it. Thread-safe.
struct Bell final : Waiter {
  void wake() override { rings.put(0); }
  Inbox<int> rings;
};

}  // namespace taskwire::engine
