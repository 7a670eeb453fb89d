#pragma once

#include <sqlite3.h>

namespace taskwire::engine {

/// SQLite's locks on one database file, among the connections of this process. A holder is known by its own level,
/// which `lock` and `unlock` keep. Not thread-safe.
class FileLocks {
 public:
  /// Answers SQLITE_OK or SQLITE_BUSY.
  int lock(int& level, int wanted) {
    if (level >= wanted) return SQLITE_OK;
    if (level == SQLITE_LOCK_NONE) {
      if (pending_ != nullptr) return SQLITE_BUSY;
      ++sharing_;
      level = SQLITE_LOCK_SHARED;
    }
    if (wanted == SQLITE_LOCK_RESERVED) {
      if (reserved_ != nullptr && reserved_ != &level) return SQLITE_BUSY;
      reserved_ = &level;
    } else if (wanted == SQLITE_LOCK_EXCLUSIVE) {
      if (pending_ != nullptr && pending_ != &level) return SQLITE_BUSY;
      if (reserved_ != nullptr && reserved_ != &level) return SQLITE_BUSY;
      pending_ = &level;
      if (sharing_ > 1) {
        level = SQLITE_LOCK_PENDING;
        return SQLITE_BUSY;
      }
    }
    level = wanted;
    return SQLITE_OK;
  }
  void unlock(int& level, int wanted) {
    if (level <= wanted) return;
    if (reserved_ == &level) reserved_ = nullptr;
    if (pending_ == &level) pending_ = nullptr;
    if (wanted == SQLITE_LOCK_NONE) --sharing_;
    level = wanted;
  }
  [[nodiscard]] bool is_reserved() const { return reserved_ != nullptr || pending_ != nullptr; }

 private:
  int sharing_ = 0;
  const int* reserved_ = nullptr;
  const int* pending_ = nullptr;
};

}  // namespace taskwire::engine
