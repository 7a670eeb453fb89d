#pragma once

#include <string>

namespace taskwire::cli {

/// Says something on standard error, in one write.
void note(const std::string& text);

/// Of a mistake on the command line of `command`; answers exit status 2.
[[nodiscard]] int mistake(const std::string& command, const std::string& what);

}  // namespace taskwire::cli
