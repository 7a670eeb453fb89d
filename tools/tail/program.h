#pragma once

#include "tail/exit_status.h"
#include "tail/settings.h"

namespace taskwire::tail {

/// Follows what `settings` say and writes it to standard output, until it is over or a signal ends it. What there is to
/// say about the end is said on standard error.
[[nodiscard]] ExitStatus run(const Settings& settings);

}  // namespace taskwire::tail
