#pragma once

#include <string>
#include <utility>
#include <vector>

namespace taskwire::cli {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// Our environment with `set` in it, and without `unset`, as exec(3) takes it.
[[nodiscard]] std::vector<std::string> environment_with(const Variables& set, const std::vector<std::string>& unset);

}  // namespace taskwire::cli
