#include "tasks/type_policy.h"

#include <algorithm>

namespace taskwire::engine {

std::chrono::milliseconds pause_after(const RetryPolicy& policy, int failed, std::uint64_t random) {
  constexpr int kMostDoublings = 30;
  const auto doublings = std::clamp(failed - 1, 0, kMostDoublings);
  // Of longer ones only whether they exceed the longest counts.
  const auto first = std::clamp(policy.backoff, std::chrono::milliseconds(0), policy.max_backoff);
  const auto ceiling = std::min(policy.max_backoff.count(), first.count() << doublings);
  const auto half = ceiling / 2;
  return std::chrono::milliseconds(ceiling - half +
                                   static_cast<std::int64_t>(random % static_cast<std::uint64_t>(half + 1)));
}

}  // namespace taskwire::engine
