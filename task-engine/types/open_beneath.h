#pragma once

#include <string>

#include "base/error.h"
#include "base/fd.h"

namespace taskwire::engine {

/// Opens what lies at `path` below the open folder `root`, for reading and without waiting for it. Neither a symlink
/// nor `..` is followed. `PATH_NOT_FOUND`, `PATH_FORBIDDEN`, `NOT_A_FOLDER` or `UNREADABLE`. `flags` are added to those
/// of openat.
[[nodiscard]] Result<Fd> open_beneath(int root, const std::string& path, int flags);

/// The same, component by component, for kernels and sandboxes without openat2.
[[nodiscard]] Result<Fd> open_beneath_by_steps(int root, const std::string& path, int flags);

/// What errno `number` about `path` means to the owner of a task.
[[nodiscard]] tl::unexpected<Error> file_error(const std::string& path, int number);

}  // namespace taskwire::engine
