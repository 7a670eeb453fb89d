#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "store/store.h"
#include "tasks/catalogue.h"
#include "work/leases.h"

namespace taskwire::engine {

/// What leases change in the store, each within a transaction.

/// About what the writing of one attempt takes, in bytes.
inline constexpr std::size_t kAttemptBytes = 512;

/// `LEASE_LOST`, in words for whoever reports.
[[nodiscard]] tl::unexpected<Error> lease_lost();

/// The attempt begins, and is held under the lease; the task then, with its details. Where it has begun under it
/// already, it is answered as it is.
[[nodiscard]] Result<v1::Task> begin_under_lease(Transaction& transaction, const Lease& lease);

/// `UNKNOWN_OUTCOME`: what was told before is being written still.
[[nodiscard]] tl::unexpected<Error> not_known();

/// Whether the store holds the lease.
[[nodiscard]] bool is_held(Transaction& transaction, const std::string& task_id, const std::string& token);
[[nodiscard]] bool is_held(Transaction& transaction, const Lease& lease);

/// The attempt ends by itself; the task then. `STALE_REPORT` where it is over. `pause`: before the next attempt.
[[nodiscard]] Result<v1::Task> end_lease(Transaction& transaction, const Lease& lease, const v1::Progress& progress,
                                         Lease::End why, std::chrono::milliseconds pause);

/// Nobody heard of the attempt; the task then, which waits again. `STALE_REPORT` where it is over.
[[nodiscard]] Result<v1::Task> give_back_lease(Transaction& transaction, const Lease& lease);

}  // namespace taskwire::engine
