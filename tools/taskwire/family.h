#pragma once

#include <cstdint>
#include <map>
#include <sys/types.h>

namespace taskwire::cli {

/// A process and those that it started, as /proc tells. Whoever was seen once is known again after its parent has
/// ended, and never taken for another one with the same number. Not thread-safe.
class Family {
 public:
  explicit Family(pid_t root = -1) : root_(root) {}

  /// To all that there are by now, each seen before any of them is told.
  void signal(int number);
  /// Whether any of those seen lives.
  [[nodiscard]] bool is_alive() const;

 private:
  void look();

  pid_t root_;
  std::map<pid_t, std::uint64_t> began_;  // when, of all that were seen
};

}  // namespace taskwire::cli
