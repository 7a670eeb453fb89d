#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace taskwire::engine {

/// How attempts follow each other by themselves.
struct RetryPolicy {
  int attempts = 1;                                  ///< So many, where the task says nothing else.
  std::chrono::milliseconds backoff{1000};           ///< The pause after the first; it doubles with each.
  std::chrono::milliseconds max_backoff{60 * 1000};  ///< The longest.
};

/// How tasks of a type are run.
struct TypePolicy {
  std::size_t max_running = 0;              ///< At a time; 0: as many as there are places.
  std::size_t max_running_per_user = 0;     ///< The same, of one user.
  std::chrono::milliseconds time_limit{0};  ///< Of an attempt, where the task says nothing else; 0: none.
  RetryPolicy retry;
  std::chrono::milliseconds most_time{0};  ///< That a task may say; 0: any.
  int most_attempts = 0;                   ///< The same.
};

/// How long to wait after the `failed`-th attempt in a row: between half of a ceiling, which doubles up to the longest,
/// and all of it, so that what failed together does not come back together. `random` are any bits.
[[nodiscard]] std::chrono::milliseconds pause_after(const RetryPolicy& policy, int failed, std::uint64_t random);

}  // namespace taskwire::engine
