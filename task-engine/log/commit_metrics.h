#pragma once

#include "metrics/counter.h"
#include "metrics/histogram.h"

namespace taskwire::engine {

/// What became of what was to be written. Counted by the writing thread alone, but for `refused`; read by any thread.
struct CommitMetrics {
  Counter failed;                          ///< Commits that failed.
  Counter events;                          ///< That were committed.
  Histogram writes{kNumberBounds};         ///< That went into one commit.
  Histogram events_of_one{kNumberBounds};  ///< That one commit appended.
  Histogram duration{kTimeBounds};         ///< Of a commit.
  Histogram latency{kTimeBounds};          ///< From the call of a write until it was committed.
  SharedCounter refused;                   ///< Writes, with TOO_MANY_APPENDS.
};

}  // namespace taskwire::engine
