#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace taskwire::engine {

/// Holds a data folder for one engine, until destroyed or until the process ends. Not thread-safe.
class DataDir {
 public:
  /// Makes the folder where there is none, and takes it. `CANNOT_START`: it cannot be made or
  /// written, or another engine has it.
  [[nodiscard]] static Result<DataDir> take(const std::string& path);
  DataDir(DataDir&& other) noexcept : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}
  DataDir& operator=(DataDir&&) = delete;
  ~DataDir();

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + '/' + name; }

 private:
  DataDir(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;
};

}  // namespace taskwire::engine
