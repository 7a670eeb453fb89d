#pragma once

#include <string>
#include <sys/types.h>

#include "base/error.h"
#include "base/fd.h"

namespace taskwire::engine {

/// What tasks may read of the file system: everything below one folder but the engine's own data. Immutable.
/// Thread-safe.
class Files {
 public:
  /// `CANNOT_START`, where `root` cannot be opened. `data_dir` must be there.
  [[nodiscard]] static Result<Files> open(const std::string& root, const std::string& data_dir);

  /// Opens a folder by its path below the root. The errors are those of `open_beneath`.
  [[nodiscard]] Result<Fd> folder(const std::string& path) const;
  /// Whether an open folder is the engine's data.
  [[nodiscard]] bool is_data(int folder) const;

 private:
  Files(Fd root, dev_t device, ino_t inode) : root_(std::move(root)), data_device_(device), data_inode_(inode) {}

  Fd root_;
  dev_t data_device_;
  ino_t data_inode_;
};

}  // namespace taskwire::engine
