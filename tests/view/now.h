#pragma once

#include "view/clock.h"

namespace taskwire::view {

constexpr Time kNow{Millis(1'000'000)};

}  // namespace taskwire::view
