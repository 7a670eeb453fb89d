#pragma once

#include <string>

#include "engine/engine.h"
#include "rpc/call_limits.h"

namespace taskwire::scrape {

/// What the engine has counted, in Prometheus' text format. Thread-safe.
[[nodiscard]] std::string engine_metrics(engine::Engine& engine, const rpc::CallLimits& calls);

}  // namespace taskwire::scrape
