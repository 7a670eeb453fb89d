#pragma once

#include <string>

#include "base/error.h"

namespace taskwire::engine {

/// Whether an event may go to `channels/pulse`: its type is `pulse`, its data `{"bpm":72,"userId":"alice"}` with a
/// whole bpm of 20 to 300. `INVALID_EVENT_TYPE`, `INVALID_DATA`.
[[nodiscard]] Result<void> check_pulse(const std::string& type, const std::string& data);

}  // namespace taskwire::engine
