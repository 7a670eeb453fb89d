#pragma once

#include <string>

namespace taskwire::engine {

/// What tells one start of the machine from another; empty where the system does not say. Thread-safe.
[[nodiscard]] std::string machine_boot_id();

}  // namespace taskwire::engine
