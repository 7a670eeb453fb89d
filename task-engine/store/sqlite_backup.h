#pragma once

#include <string>

#include "base/error.h"
#include "base/ids.h"

namespace taskwire::engine {

/// Copies a log, as it is at one moment, into a new file at `to`, for its owner alone; an engine may be running on it.
/// The copy has an epoch of its own, so that ids which the log gives out later never mean something else. It stands
/// under its name once it is whole and on the disk. `CANNOT_START`: there is no log, it cannot be read, `to` is there
/// already, or cannot be written.
[[nodiscard]] Result<void> back_up(const std::string& path, const std::string& to, const Random& random);

}  // namespace taskwire::engine
