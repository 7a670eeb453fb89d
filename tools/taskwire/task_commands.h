#pragma once

#include <string>
#include <vector>

namespace taskwire::cli {

/// The commands that are one request each, with the words after their names; they answer the exit status.
[[nodiscard]] int start(const std::vector<std::string>& words);
[[nodiscard]] int list(const std::vector<std::string>& words);
[[nodiscard]] int show(const std::vector<std::string>& words);
[[nodiscard]] int cancel(const std::vector<std::string>& words);
[[nodiscard]] int retry(const std::vector<std::string>& words);
[[nodiscard]] int publish(const std::vector<std::string>& words);

}  // namespace taskwire::cli
