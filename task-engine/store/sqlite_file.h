#pragma once

#include <string>

#include "base/error.h"

namespace taskwire::engine {

/// Makes an empty database file at `path`, for its owner alone, where there is none. One that others may read is told
/// in the log. `CANNOT_START`: it cannot be made, or what belongs to one that is gone lies there.
[[nodiscard]] Result<void> provide_sqlite_file(const std::string& path);

}  // namespace taskwire::engine
