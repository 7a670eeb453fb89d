#pragma once

#include <string>

namespace taskwire {

/// What the program does instead of serving. Each says on standard output what it found or made, on standard error why
/// it could not, and answers the exit status: 0, or 1 where something is wrong.

/// `taskwire-engine check`: whether the log in `data_dir` is as it was written.
[[nodiscard]] int check(const std::string& data_dir);

/// `taskwire-engine backup FILE`.
[[nodiscard]] int back_up(const std::string& data_dir, const std::string& file);

}  // namespace taskwire
