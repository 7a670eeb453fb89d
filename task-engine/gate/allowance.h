#pragma once

#include <cstddef>

#include "gate/token_bucket.h"

namespace taskwire::gate {

/// What connections may hold and do.
struct Limits {
  std::size_t connections = 1000;
  std::size_t streams = 8000;         ///< Calls begun and not ended, of all connections.
  std::size_t streams_of_one = 1000;  ///< Of one connection; gRPC tells clients the same.
  std::size_t unanswered = 320;       ///< Calls asked whole that have no answer yet; more than one edge has.
  std::size_t request_bytes = std::size_t{64} << 20;  ///< Of what such calls were sent and have not taken.
  double resets = 1000;                               ///< Calls that one connection aborts at once.
  double resets_per_second = 100;
  double advances = 500;  ///< Calls begun at once, of all connections, by those who have no credit of their own.
  double advances_per_second = 100;
  double introductions = 500;  ///< Connections that come to gRPC at once though they have asked nothing yet.
  double introductions_per_second = 100;
};

/// What all connections together hold now. Confined to the gate's thread.
struct Allowance {
  explicit Allowance(const Limits& of)
      : limits(of),
        advances(of.advances, of.advances_per_second),
        introductions(of.introductions, of.introductions_per_second) {}

  /// Whether so much, of which one connection has `own`, is too much for that connection to have more: the whole is
  /// beyond its limit, and this one has at least an even share. The whole so stays below twice the limit.
  [[nodiscard]] bool is_over(std::size_t whole, std::size_t limit, std::size_t own) const {
    return whole > limit && own * connections >= limit;
  }

  /// Whether a connection with `own` calls that are asked whole and have no answer has to wait: all together have as
  /// many as they may, and this one has an even share of those that have any.
  [[nodiscard]] bool has_enough(std::size_t own) const {
    return unanswered >= limits.unanswered && own > 0 && own * asking >= limits.unanswered;
  }

  const Limits limits;
  std::size_t connections = 0;
  std::size_t streams = 0;
  std::size_t unanswered = 0;     ///< Calls asked whole that have no answer yet.
  std::size_t asking = 0;         ///< Connections with such a call.
  std::size_t ended_streams = 0;  ///< Ever.
  std::size_t request_bytes = 0;
  TokenBucket advances;
  TokenBucket introductions;
};

}  // namespace taskwire::gate
