#pragma once

#include <cstddef>

#include "gate/token_bucket.h"

namespace taskwire::gate {

/// What all connections together may hold and do.
struct Limits {
  std::size_t connections = 1000;
  std::size_t streams = 8000;                         ///< Calls begun and not ended.
  std::size_t streams_of_one = 1000;                  ///< Of one connection; gRPC tells clients the same.
  std::size_t request_bytes = std::size_t{64} << 20;  ///< Of messages of such calls.
  double resets = 1000;                               ///< Calls aborted at once, without calls that ended in order.
  double resets_per_second = 100;
};

/// What all connections together hold now. Confined to the gate's thread.
struct Allowance {
  explicit Allowance(const Limits& of) : limits(of), resets(of.resets, of.resets_per_second) {}

  /// Whether so much, of which one connection has `own`, is too much for that connection to have more: the whole is
  /// beyond its limit, and this one has at least an even share. The whole so stays below twice the limit.
  [[nodiscard]] bool is_over(std::size_t whole, std::size_t limit, std::size_t own) const {
    return whole > limit && own * connections >= limit;
  }

  const Limits limits;
  std::size_t connections = 0;
  std::size_t streams = 0;
  std::size_t ended_streams = 0;  ///< Ever.
  std::size_t request_bytes = 0;
  TokenBucket resets;
};

}  // namespace taskwire::gate
