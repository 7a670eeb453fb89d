#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace taskwire::cli {

/// One of the things that the program does.
struct Command {
  std::string_view name;
  std::string_view help;                              ///< In one line.
  int (*run)(const std::vector<std::string>& words);  ///< With the words after its name; answers the exit status.
};

[[nodiscard]] const std::vector<Command>& commands();
/// nullptr where there is none.
[[nodiscard]] const Command* command_named(std::string_view name);
[[nodiscard]] std::string help_text();

}  // namespace taskwire::cli
