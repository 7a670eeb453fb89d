#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "commands/command.h"

namespace taskwire::engine {

/// What a command needs of the machine. Errors say what is wrong, without where that was written: `CANNOT_START`.

/// The path of a program, from the root on. `name` is a path from the root on, or is looked for in the folders of
/// `path`, as PATH has them.
[[nodiscard]] Result<std::string> find_program(const std::string& name, const std::string& path);

/// A user of this machine by name; another than the engine's takes root.
[[nodiscard]] Result<SystemUser> find_user(const std::string& name);

/// Whether programs can run in `folder`.
[[nodiscard]] Result<void> check_folder(const std::string& folder);

/// How many descriptors a program may have at most.
[[nodiscard]] std::uint64_t most_descriptors();

}  // namespace taskwire::engine
