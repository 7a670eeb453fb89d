#include "crash/disk_vfs.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace taskwire::engine {
namespace {

constexpr int kNames = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;

DiskVfs* living = nullptr;

int code_of(int error, int otherwise) {
  if (error == 0) return SQLITE_OK;
  return error == ENOSPC ? SQLITE_FULL : otherwise;
}

int turn_off(sqlite3* database, const char** /*error*/, const sqlite3_api_routines* /*api*/) {
  return sqlite3_exec(database, "PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
}

}  // namespace

/// What SQLite calls.
struct DiskVfsCalls {
  /// One that is open.
  struct Open {
    DiskVfs* vfs;
    std::string name;
    Disk::File file;
    bool is_new;  // its name has to be synced with it
    int last_error = 0;
    std::shared_ptr<DiskVfs::Shared> shared;
    std::shared_ptr<SharedIndex> index;
    SharedIndex::Holds holds;
    int level = SQLITE_LOCK_NONE;

    int note(int error) { return error == 0 ? 0 : last_error = error; }
  };
  struct Slot {
    sqlite3_file base;
    Open* open;
  };

  static Open& of(sqlite3_file* file) { return *reinterpret_cast<Slot*>(file)->open; }
  static DiskVfs& of(sqlite3_vfs* vfs) { return *static_cast<DiskVfs*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, sqlite3_filename path, sqlite3_file* file, int flags, int* out_flags) {
    auto& self = of(vfs);
    if (!self.owns(path)) return self.system_->xOpen(self.system_, path, file, flags, out_flags);
    file->pMethods = nullptr;
    const auto name = self.name_of(path);
    const bool creates = (flags & SQLITE_OPEN_CREATE) != 0;
    if (self.disk_.is_off()) return SQLITE_CANTOPEN;
    if (!creates && self.adopt(name) != 0) return SQLITE_CANTOPEN;
    if (!self.disk_.find(name)) {
      if (self.disk_.create(name) != 0) return SQLITE_CANTOPEN;
      self.show(name, 0);
    }
    auto opened = std::make_unique<Open>();
    opened->vfs = &self;
    opened->name = name;
    opened->file = self.disk_.find(name);
    opened->is_new = creates && (flags & kNames) != 0;
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) opened->shared = self.shared_by(name);
    reinterpret_cast<Slot*>(file)->open = opened.release();
    file->pMethods = methods();
    ++self.open_files_;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }
  static int close(sqlite3_file* file) {
    const std::unique_ptr<Open> open(&of(file));
    unlock(file, SQLITE_LOCK_NONE);
    unmap(file, 0);
    --open->vfs->open_files_;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* path, int syncs) {
    auto& self = of(vfs);
    if (!self.owns(path)) return self.system_->xDelete(self.system_, path, syncs);
    const int error = self.disk_.remove(self.name_of(path));
    if (error == ENOENT) return SQLITE_IOERR_DELETE_NOENT;
    if (error != 0) return SQLITE_IOERR_DELETE;
    unlink(path);
    return syncs != 0 && self.disk_.sync_names() != 0 ? SQLITE_IOERR_DIR_FSYNC : SQLITE_OK;
  }
  static int find(sqlite3_vfs* vfs, const char* path, int flags, int* out) {
    auto& self = of(vfs);
    if (!self.owns(path)) return self.system_->xAccess(self.system_, path, flags, out);
    const auto file = self.disk_.find(self.name_of(path));
    *out = file && (flags != SQLITE_ACCESS_EXISTS || file->size() > 0) ? 1 : 0;
    return SQLITE_OK;
  }
  static int name_fully(sqlite3_vfs* vfs, const char* path, int most, char* out) {
    auto& self = of(vfs);
    if (!self.owns(path)) return self.system_->xFullPathname(self.system_, path, most, out);
    sqlite3_snprintf(most, out, "%s", path);
    return SQLITE_OK;
  }
  static int fill(sqlite3_vfs* vfs, int bytes, char* out) {
    for (int i = 0; i < bytes; ++i) out[i] = static_cast<char>(of(vfs).dice_.bits());
    return bytes;
  }
  static int wait(sqlite3_vfs* /*vfs*/, int microseconds) { return microseconds; }

  static int read(sqlite3_file* file, void* into, int bytes, sqlite3_int64 at) {
    auto& open = of(file);
    if (open.vfs->disk_.is_off()) return SQLITE_IOERR_READ;
    const auto wanted = static_cast<std::size_t>(bytes);
    const auto found = open.file->read(static_cast<std::size_t>(at), wanted);
    found.copy(static_cast<char*>(into), found.size());
    if (found.size() == wanted) return SQLITE_OK;
    std::memset(static_cast<char*>(into) + found.size(), 0, wanted - found.size());
    return SQLITE_IOERR_SHORT_READ;
  }
  static int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
    auto& open = of(file);
    const auto size = open.file->size();
    const int error = open.note(open.vfs->disk_.write(
        *open.file, static_cast<std::size_t>(at), {static_cast<const char*>(from), static_cast<std::size_t>(bytes)}));
    if (open.file->size() != size) open.vfs->show(open.name, open.file->size());
    return code_of(error, SQLITE_IOERR_WRITE);
  }
  static int resize(sqlite3_file* file, sqlite3_int64 size) {
    auto& open = of(file);
    if (open.note(open.vfs->disk_.resize(*open.file, static_cast<std::size_t>(size))) != 0)
      return SQLITE_IOERR_TRUNCATE;
    open.vfs->show(open.name, open.file->size());
    return SQLITE_OK;
  }
  static int sync(sqlite3_file* file, int /*flags*/) {
    auto& open = of(file);
    if (open.note(open.vfs->disk_.sync(*open.file)) != 0) return SQLITE_IOERR_FSYNC;
    // As the system's own: a journal's name is synced with it, and nobody asks how that went.
    if (std::exchange(open.is_new, false)) (void)open.vfs->disk_.sync_names();
    return SQLITE_OK;
  }
  static int size(sqlite3_file* file, sqlite3_int64* out) {
    if (of(file).vfs->disk_.is_off()) return SQLITE_IOERR_FSTAT;
    *out = static_cast<sqlite3_int64>(of(file).file->size());
    return SQLITE_OK;
  }
  static int lock(sqlite3_file* file, int level) {
    auto& open = of(file);
    return open.shared ? open.shared->locks.lock(open.level, level) : SQLITE_OK;
  }
  static int unlock(sqlite3_file* file, int level) {
    auto& open = of(file);
    if (open.shared) open.shared->locks.unlock(open.level, level);
    return SQLITE_OK;
  }
  static int is_reserved(sqlite3_file* file, int* out) {
    *out = of(file).shared && of(file).shared->locks.is_reserved() ? 1 : 0;
    return SQLITE_OK;
  }
  static int control(sqlite3_file* file, int what, void* argument) {
    auto& open = of(file);
    if (what == SQLITE_FCNTL_LAST_ERRNO) {
      *static_cast<int*>(argument) = open.last_error;
      return SQLITE_OK;
    }
    if (what == SQLITE_FCNTL_HAS_MOVED) {
      *static_cast<int*>(argument) = open.vfs->disk_.find(open.name) == open.file ? 0 : 1;
      return SQLITE_OK;
    }
    if (what == SQLITE_FCNTL_PRAGMA && open.vfs->ignores_synchronous_) {
      const auto* const words = static_cast<char**>(argument);
      const bool is_it = std::string_view(words[1]) == "synchronous";
      if (is_it && words[2] != nullptr && std::string_view(words[2]) != "OFF") return SQLITE_OK;
    }
    return SQLITE_NOTFOUND;
  }
  static int sector(sqlite3_file* /*file*/) { return 4096; }
  static int characteristics(sqlite3_file* /*file*/) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int map(sqlite3_file* file, int number, int bytes, int makes, void volatile** out) {
    auto& open = of(file);
    if (!open.index) {
      if (!open.shared->index) {
        open.shared->index = std::make_shared<SharedIndex>();
        open.vfs->show(open.name + "-shm", 0);
      }
      open.index = open.shared->index;
    }
    *out = open.index->region(static_cast<std::size_t>(number), static_cast<std::size_t>(bytes), makes != 0);
    return SQLITE_OK;
  }
  static int lock_index(sqlite3_file* file, int offset, int count, int flags) {
    return of(file).index->lock(of(file).holds, offset, count, flags);
  }
  static void order(sqlite3_file* /*file*/) {}
  static int unmap(sqlite3_file* file, int removes) {
    auto& open = of(file);
    if (!open.index) return SQLITE_OK;
    open.index->release(open.holds);
    open.index = nullptr;
    if (open.shared->index.use_count() == 1) open.shared->index = nullptr;
    if (removes != 0) unlink((open.vfs->folder_ + '/' + open.name + "-shm").c_str());
    return SQLITE_OK;
  }

  static const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods kMethods = {
        2,      close,           read, write,      resize, sync,  size,    lock,   unlock, is_reserved, control,
        sector, characteristics, map,  lock_index, order,  unmap, nullptr, nullptr};
    return &kMethods;
  }
};

DiskVfs::DiskVfs(Disk& disk, std::string folder, std::uint64_t seed)
    : disk_(disk), folder_(std::move(folder)), dice_(seed), system_(sqlite3_vfs_find("unix")), vfs_(*system_) {
  vfs_.szOsFile = std::max<int>(system_->szOsFile, sizeof(DiskVfsCalls::Slot));
  vfs_.pNext = nullptr;
  vfs_.zName = "disk";
  vfs_.pAppData = this;
  vfs_.xOpen = DiskVfsCalls::open;
  vfs_.xDelete = DiskVfsCalls::remove;
  vfs_.xAccess = DiskVfsCalls::find;
  vfs_.xFullPathname = DiskVfsCalls::name_fully;
  vfs_.xRandomness = DiskVfsCalls::fill;
  vfs_.xSleep = DiskVfsCalls::wait;
  sqlite3_vfs_register(&vfs_, 1);
  living = this;
  sqlite3_randomness(0, nullptr);  // SQLite asks for its seed anew
}

DiskVfs::~DiskVfs() {
  living = nullptr;
  sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(turn_off));
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_randomness(0, nullptr);
}

void DiskVfs::ignore_synchronous() {
  ignores_synchronous_ = true;
  sqlite3_auto_extension(reinterpret_cast<void (*)()>(turn_off));
}

bool DiskVfs::owns(const char* path) const {
  return path != nullptr && std::string_view(path).starts_with(folder_) && path[folder_.size()] == '/';
}

std::shared_ptr<DiskVfs::Shared> DiskVfs::shared_by(const std::string& name) {
  auto& known = shared_[name];
  auto shared = known.lock();
  if (!shared) known = shared = std::make_shared<Shared>();
  return shared;
}

int DiskVfs::adopt(const std::string& name) {
  std::error_code error;
  const auto size = std::filesystem::file_size(folder_ + '/' + name, error);
  const auto known = disk_.find(name);
  if (!known) return error ? ENOENT : disk_.create(name);
  if (error) return disk_.remove(name);
  if (size > 0 || known->size() == 0) return 0;
  if (const int failed = disk_.remove(name)) return failed;  // another one was made in its place
  return disk_.create(name);
}

int DiskVfs::sync_folder() {
  auto names = names_in_folder();
  for (const auto& [name, file] : disk_.files()) names.insert(name);
  for (const auto& name : names) (void)adopt(name);
  return disk_.sync_names();
}

std::set<std::string> DiskVfs::names_in_folder() const {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const auto name = entry.path().filename().string();
    if (!name.ends_with("-shm")) names.insert(name);  // which is in memory
  }
  return names;
}

DiskVfs* DiskVfs::of_folder(const std::string& folder) {
  return living != nullptr && living->folder_ == folder ? living : nullptr;
}

void DiskVfs::show() const {
  for (const auto& name : names_in_folder()) {
    if (!disk_.find(name)) unlink((folder_ + '/' + name).c_str());
  }
  for (const auto& [name, file] : disk_.files()) show(name, file->size());
}

void DiskVfs::show(const std::string& name, std::size_t size) const {
  const auto path = folder_ + '/' + name;
  if (truncate(path.c_str(), static_cast<off_t>(size)) == 0) return;
  const int made = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) return;
  (void)!ftruncate(made, static_cast<off_t>(size));
  close(made);
}

}  // namespace taskwire::engine
