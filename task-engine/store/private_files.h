#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

#include "base/error.h"

namespace taskwire::engine {

/// Makes the folder, for its owner alone (0700) whatever the umask, and those that lead to it. Leaves one that is there
/// as it is. What it made outlives the machine's fall. `CANNOT_START`.
[[nodiscard]] Result<void> make_private_folder(const std::string& path);

/// Makes an empty file, for its owner alone (0600) whatever the umask. Its name outlives the machine's fall.
/// `CANNOT_START`: also where there is one.
[[nodiscard]] Result<void> make_private_file(const std::string& path);

/// Makes sure that what has this path still has it when the machine has fallen, where the system can promise that.
/// `CANNOT_START`.
[[nodiscard]] Result<void> sync_folder_of(const std::string& path);

/// Says that others than the owner may use what is at `path`, and how to change that; nothing, where they may not.
[[nodiscard]] std::optional<std::string> looseness(const std::string& path);

/// `CANNOT_START`: the engine cannot use `path`, for the system's reason `os_error`.
[[nodiscard]] tl::unexpected<Error> unusable(const std::string& path, int os_error);

}  // namespace taskwire::engine
