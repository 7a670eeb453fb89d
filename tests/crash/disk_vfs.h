#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sqlite3.h>
#include <string>

#include "crash/dice.h"
#include "crash/disk.h"
#include "crash/file_locks.h"
#include "crash/shared_index.h"

namespace taskwire::engine {

/// While it lives, SQLite finds the files of `folder` on `disk`; all others are the system's. One at a time in a
/// process, and it outlives what SQLite opened. In the folder itself stand files of the same names and sizes without
/// content, for those who ask the system what is there. Not thread-safe.
class DiskVfs {
 public:
  DiskVfs(Disk& disk, std::string folder, std::uint64_t seed);
  DiskVfs(const DiskVfs&) = delete;
  DiskVfs& operator=(const DiskVfs&) = delete;
  ~DiskVfs();

  /// Connections that are opened from now on never ask the disk to sync, whatever they are told.
  void ignore_synchronous();

  /// The folder shows what the disk holds, after something happened to that without SQLite.
  void show() const;
  /// The folder itself is synced by somebody else than SQLite. Answers 0 or an `errno`.
  int sync_folder();
  /// The one that lives and has this folder; null: none.
  [[nodiscard]] static DiskVfs* of_folder(const std::string& folder);
  /// How many files of the disk are open.
  [[nodiscard]] std::size_t open_files() const { return open_files_; }

 private:
  friend struct DiskVfsCalls;
  /// What connections to one database share, for as long as one is open.
  struct Shared {
    FileLocks locks;
    std::shared_ptr<SharedIndex> index;
  };

  [[nodiscard]] bool owns(const char* path) const;
  [[nodiscard]] std::string name_of(const char* path) const { return path + folder_.size() + 1; }
  [[nodiscard]] std::shared_ptr<Shared> shared_by(const std::string& name);
  /// A file that was made in the folder, or removed there, without SQLite is so on the disk, too. Answers 0 or an
  /// `errno`.
  int adopt(const std::string& name);
  [[nodiscard]] std::set<std::string> names_in_folder() const;
  void show(const std::string& name, std::size_t size) const;

  Disk& disk_;
  const std::string folder_;
  Dice dice_;
  sqlite3_vfs* const system_;
  sqlite3_vfs vfs_;
  bool ignores_synchronous_ = false;
  std::size_t open_files_ = 0;
  std::map<std::string, std::weak_ptr<Shared>> shared_;
};

}  // namespace taskwire::engine
