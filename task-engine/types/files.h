#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

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

/// A regular file as a scan found it.
struct FoundFile {
  std::string path;  ///< Below the scanned folder; UTF-8.
  std::int64_t bytes;
};

/// The regular files below an open folder, in the order of their paths; symlinks, devices and the like are left out.
/// `go_on` is asked at each entry with the number of files so far. The errors are those of `open_beneath`,
/// `TOO_MANY_FILES` and `NAME_NOT_UTF8`; `CANCELLED`, where `go_on` said no.
[[nodiscard]] Result<std::vector<FoundFile>> find_files(const Files& files, int folder, std::size_t most,
                                                        const std::function<bool(std::size_t)>& go_on);

}  // namespace taskwire::engine
