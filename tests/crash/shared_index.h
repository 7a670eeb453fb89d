#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <sqlite3.h>
#include <vector>

namespace taskwire::engine {

/// The index beside a write-ahead log, in memory that the connections of this process share and that goes with the last
/// of them. Not thread-safe.
class SharedIndex {
 public:
  /// What one connection holds: a bit for each lock.
  struct Holds {
    unsigned shared = 0;
    unsigned exclusive = 0;
  };

  /// Null where there is none, and none is to be made.
  void volatile* region(std::size_t number, std::size_t bytes, bool makes) {
    while (makes && regions_.size() <= number) regions_.push_back(std::make_unique<char[]>(bytes));
    return number < regions_.size() ? regions_[number].get() : nullptr;
  }

  /// As sqlite3_io_methods::xShmLock says.
  int lock(Holds& holds, int offset, int count, int flags) {
    const unsigned mask = ((1U << static_cast<unsigned>(count)) - 1) << static_cast<unsigned>(offset);
    const bool is_shared = (flags & SQLITE_SHM_SHARED) != 0;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      release(holds, mask);
      return SQLITE_OK;
    }
    for (unsigned i = 0; i < SQLITE_SHM_NLOCK; ++i) {
      const unsigned bit = 1U << i;
      if ((mask & bit) == 0) continue;
      const bool others_share = locks_[i].sharing > ((holds.shared & bit) != 0 ? 1 : 0);
      const bool others_exclude = locks_[i].is_exclusive && (holds.exclusive & bit) == 0;
      if (others_exclude || (!is_shared && others_share)) return SQLITE_BUSY;
    }
    for (unsigned i = 0; i < SQLITE_SHM_NLOCK; ++i) {
      const unsigned bit = 1U << i;
      if ((mask & bit) == 0 || ((holds.shared | holds.exclusive) & bit) != 0) continue;
      if (is_shared) {
        ++locks_[i].sharing;
        holds.shared |= bit;
      } else {
        locks_[i].is_exclusive = true;
        holds.exclusive |= bit;
      }
    }
    return SQLITE_OK;
  }
  void release(Holds& holds, unsigned mask = ~0U) {
    for (unsigned i = 0; i < SQLITE_SHM_NLOCK; ++i) {
      const unsigned bit = mask & (1U << i);
      if ((holds.shared & bit) != 0) --locks_[i].sharing;
      if ((holds.exclusive & bit) != 0) locks_[i].is_exclusive = false;
    }
    holds.shared &= ~mask;
    holds.exclusive &= ~mask;
  }

 private:
  struct Lock {
    int sharing = 0;
    bool is_exclusive = false;
  };
  std::vector<std::unique_ptr<char[]>> regions_;
  std::array<Lock, SQLITE_SHM_NLOCK> locks_{};
};

}  // namespace taskwire::engine
