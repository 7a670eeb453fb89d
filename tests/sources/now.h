#pragma once

#include <chrono>

#include "base/clock.h"

namespace taskwire::engine {

constexpr SystemTime kNow{std::chrono::milliseconds(1'767'349'845'123)};

}  // namespace taskwire::engine
