#pragma once

#include <string>
#include <vector>

namespace taskwire::cli {

/// `taskwire output`, with the words after that; its exit status.
[[nodiscard]] int output(const std::vector<std::string>& words);

}  // namespace taskwire::cli
