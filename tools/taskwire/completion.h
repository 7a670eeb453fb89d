#pragma once

#include <string>
#include <vector>

namespace taskwire::cli {

/// `taskwire completion bash|zsh|fish`: prints a script for that shell; answers the exit status.
[[nodiscard]] int completion(const std::vector<std::string>& words);

}  // namespace taskwire::cli
