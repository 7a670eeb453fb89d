#pragma once

#include "metrics/exposition.h"

namespace taskwire {

/// Adds what every Prometheus client tells of its process: CPU time, memory, descriptors, start time. Reads /proc; what
/// that does not tell is left out. Counts descriptors one by one, so it takes milliseconds where there are many.
/// Thread-safe.
void collect_process(Exposition& exposition);

}  // namespace taskwire
