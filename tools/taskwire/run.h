#pragma once

#include <string>
#include <vector>

namespace taskwire::cli {

/// `taskwire run`, with the words after that; its exit status.
[[nodiscard]] int run(const std::vector<std::string>& words);

}  // namespace taskwire::cli
