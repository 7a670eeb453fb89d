#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include "hub/sink.h"
#include "metrics/counter.h"
#include "metrics/histogram.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::edge {

/// What became of the streams of one shard. Counted by the shard's thread alone, in memory that no other shard's
/// counts share a cache line with; read by any thread.
struct alignas(64) StreamMetrics {
  Counter opened;
  std::array<Counter, kCloseReasons> closed;              ///< By CloseReason.
  Counter events;                                         ///< That were handed to streams.
  Counter bytes;                                          ///< That sockets took.
  Counter skips;                                          ///< `skipped` events.
  std::array<Counter, v1::ResetReason_ARRAYSIZE> resets;  ///< `reset` events, by v1::ResetReason.
  Counter resume_hits;                                    ///< Streams that came with an id that the hub covers …
  Counter resume_misses;                                  ///< … or that the engine was asked about.
  Histogram replayed{kNumberBounds};                      ///< Events given to who came with an id, until level.
  Histogram lag{kNumberBounds};                           ///< Places behind the hub's head, at each delivery.
  Histogram latency{kTimeBounds};                         ///< From an event's time until it is its stream's turn.

  /// Of the shard's thread alone: when it took up what it is at. A clock read for each delivery would show.
  std::chrono::system_clock::time_point now;
};

}  // namespace taskwire::edge
