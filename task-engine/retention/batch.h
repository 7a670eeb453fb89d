#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "store/store.h"

namespace taskwire::engine {

/// How far a part of what was found is forgotten.
struct Progress {
  std::size_t topics = 0;
  // Of the topic that follows.
  std::size_t tasks = 0;
  std::size_t superseded = 0;
  // In all.
  std::size_t done_events = 0;
  std::size_t done_tasks = 0;
  std::size_t done_topics = 0;
};

/// Forgets what goes into one batch, of at most `topics` topics: so little that no writer waits long, by number and by
/// bytes. Answers how far it came.
[[nodiscard]] Progress forget_batch(Transaction& transaction, const std::vector<Surplus>& found, Progress progress,
                                    std::size_t topics);

}  // namespace taskwire::engine
