#pragma once

#include "metrics/counter.h"

namespace taskwire::edge {

/// What the connections of one shard were refused. Counted by the shard's thread alone, read by any.
struct alignas(64) ConnectionMetrics {
  Counter not_accepted;      ///< For want of descriptors, most likely.
  Counter header_too_large;  ///< Requests.
  Counter body_too_large;
  Counter too_slow;
  Counter too_many_topics;  ///< Of a stream.
};

}  // namespace taskwire::edge
