#pragma once

#include <string>

#include "net/services.h"

namespace taskwire::edge {

/// What the edge has counted, as GET /metrics tells it to Prometheus. Takes milliseconds where there are many
/// connections. Thread-safe.
[[nodiscard]] std::string edge_metrics(const Services& services);

}  // namespace taskwire::edge
