#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "commands/command.h"

namespace taskwire::engine {

/// The types that an operator wrote down as JSON, `{"types":[{"type":…,"command":[…],…}]}`; README.md tells what each
/// may have. `taken` are names of types that there are already. Checked as far as it can be before anything runs:
/// programs and folders are there, users are known. `CANNOT_START`: what is wrong, after its line and its key, and how
/// to mend it.
[[nodiscard]] Result<std::vector<Command>> parse_commands(std::string_view text,
                                                          std::span<const std::string_view> taken);

/// The same of a file; errors begin with its name.
[[nodiscard]] Result<std::vector<Command>> read_commands(const std::string& path,
                                                         std::span<const std::string_view> taken);

}  // namespace taskwire::engine
