#pragma once

#include <string>
#include <vector>

namespace taskwire::cli {

/// Becomes `command`, which nobody is told of, and says why on standard error. Answers the exit status where it cannot.
[[nodiscard]] int run_untold(const std::vector<std::string>& command, const std::string& why);

}  // namespace taskwire::cli
