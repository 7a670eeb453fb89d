#pragma once

#include <string>
#include <utility>

#include "base/error.h"
#include "base/fd.h"

namespace taskwire::engine {

/// Holds a data folder for one engine, until destroyed or until the process ends. The lock is on the folder itself, so
/// it cannot be removed while the folder is there. Not thread-safe.
class DataDir {
 public:
  /// Makes the folder, for its owner alone, where there is none, and takes it. `CANNOT_START`: it cannot be made or
  /// opened, its file system knows no locks, or another engine has it. An existing one that others may look into is
  /// told in the log.
  [[nodiscard]] static Result<DataDir> take(const std::string& path);

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + '/' + name; }

 private:
  DataDir(std::string path, Fd folder) : path_(std::move(path)), folder_(std::move(folder)) {}

  std::string path_;
  Fd folder_;
};

}  // namespace taskwire::engine
