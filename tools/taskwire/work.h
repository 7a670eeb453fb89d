#pragma once

#include <string>
#include <vector>

namespace taskwire::cli {

/// `taskwire work`, with the words after that; its exit status.
[[nodiscard]] int work(const std::vector<std::string>& words);

}  // namespace taskwire::cli
