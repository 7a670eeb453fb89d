#pragma once

#include <limits>
#include <mutex>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>

namespace taskwire::engine {

/// While it lives, files that SQLite opens fail when told to. One at a time in a process. Thread-safe.
class FaultyFiles {
 public:
  enum class Call { open_to_write, read, write, sync, map_index };

  FaultyFiles() {
    auto& faulty = vfs();
    faulty = *real();
    faulty.szOsFile = static_cast<int>(sizeof(File)) + real()->szOsFile;
    faulty.pNext = nullptr;
    faulty.zName = "faulty";
    faulty.xOpen = open;
    heal();
    sqlite3_vfs_register(&faulty, 1);
  }
  FaultyFiles(const FaultyFiles&) = delete;
  FaultyFiles& operator=(const FaultyFiles&) = delete;
  ~FaultyFiles() { sqlite3_vfs_unregister(&vfs()); }

  /// From now on `call` answers `code` for files whose name ends with `suffix`, so many times.
  void fail(Call call, const std::string& suffix, int code, int times = std::numeric_limits<int>::max()) {
    const std::lock_guard lock(mutex());
    fault() = Fault{call, suffix, code, times};
  }
  void heal() {
    const std::lock_guard lock(mutex());
    fault() = std::nullopt;
  }

 private:
  struct Fault {
    Call call;
    std::string suffix;
    int code;
    int times;
  };
  struct File {
    sqlite3_file base;
    const char* name;
    sqlite3_file* real;
  };

  static sqlite3_vfs* real() {
    static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
    return vfs;
  }
  /// Outlives the files that were opened by it.
  static sqlite3_vfs& vfs() {
    static sqlite3_vfs vfs{};
    return vfs;
  }
  static std::mutex& mutex() {
    static std::mutex mutex;
    return mutex;
  }
  static std::optional<Fault>& fault() {
    static std::optional<Fault> fault;
    return fault;
  }
  static int code_of(Call call, const char* name) {
    const std::lock_guard lock(mutex());
    if (!fault() || fault()->call != call || name == nullptr) return SQLITE_OK;
    if (!std::string_view(name).ends_with(fault()->suffix) || fault()->times == 0) return SQLITE_OK;
    --fault()->times;
    return fault()->code;
  }
  static File& self(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return self(file).real; }

  static int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    auto& opened = self(file);
    opened.base.pMethods = nullptr;
    opened.name = name;
    opened.real = reinterpret_cast<sqlite3_file*>(&opened + 1);
    // What the system's own does where it may not write: it opens the file to read.
    if (code_of(Call::open_to_write, name) != SQLITE_OK) {
      flags &= ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
      flags |= SQLITE_OPEN_READONLY;
    }
    const int result = real()->xOpen(real(), name, opened.real, flags, out_flags);
    if (result == SQLITE_OK) opened.base.pMethods = methods();
    return result;
  }
  static const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods kMethods = {
        3,
        [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); },
        [](sqlite3_file* f, void* into, int bytes, sqlite3_int64 at) {
          const int code = code_of(Call::read, self(f).name);
          return code != SQLITE_OK ? code : real(f)->pMethods->xRead(real(f), into, bytes, at);
        },
        [](sqlite3_file* f, const void* from, int bytes, sqlite3_int64 at) {
          const int code = code_of(Call::write, self(f).name);
          return code != SQLITE_OK ? code : real(f)->pMethods->xWrite(real(f), from, bytes, at);
        },
        [](sqlite3_file* f, sqlite3_int64 size) { return real(f)->pMethods->xTruncate(real(f), size); },
        [](sqlite3_file* f, int flags) {
          const int code = code_of(Call::sync, self(f).name);
          return code != SQLITE_OK ? code : real(f)->pMethods->xSync(real(f), flags);
        },
        [](sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); },
        [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); },
        [](sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); },
        [](sqlite3_file* f, int* out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); },
        [](sqlite3_file* f, int op, void* argument) { return real(f)->pMethods->xFileControl(real(f), op, argument); },
        [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); },
        [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); },
        [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
          const int code = code_of(Call::map_index, self(f).name);
          if (code != SQLITE_OK && page > 0) return code;
          return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
        },
        [](sqlite3_file* f, int offset, int n, int flags) {
          return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
        },
        [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); },
        [](sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); },
        [](sqlite3_file* f, sqlite3_int64 at, int bytes, void** out) {
          return real(f)->pMethods->xFetch(real(f), at, bytes, out);
        },
        [](sqlite3_file* f, sqlite3_int64 at, void* page) { return real(f)->pMethods->xUnfetch(real(f), at, page); },
    };
    return &kMethods;
  }
};

}  // namespace taskwire::engine
