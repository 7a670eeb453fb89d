#pragma once

#include <string>

namespace taskwire::cli {

/// What this process is called where workers are named: the machine and its number.
[[nodiscard]] std::string worker_name();

}  // namespace taskwire::cli
