#pragma once

#include <cstdint>
#include <optional>
#include <sys/types.h>
#include <vector>

#include "bench/clock.h"

namespace taskwire::bench {

/// What the processes of a server use, those with them that they started. Not thread-safe.
class ProcessUsage {
 public:
  explicit ProcessUsage(std::vector<pid_t> roots) : roots_(std::move(roots)) {}

  [[nodiscard]] bool is_measured() const { return !roots_.empty(); }
  /// The processor time of all their threads, also of those that ended; nothing where there is no such process.
  [[nodiscard]] std::optional<Nanoseconds> cpu() const;
  /// Their memory in user space in bytes, what they share counted once (PSS, proc(5)); nothing where that must not be
  /// read.
  [[nodiscard]] std::optional<std::uint64_t> memory() const;

  /// The roots and all below them.
  [[nodiscard]] std::vector<pid_t> processes() const;

 private:
  std::vector<pid_t> roots_;
};

/// The processor time that this process used.
[[nodiscard]] Nanoseconds own_cpu();

}  // namespace taskwire::bench
