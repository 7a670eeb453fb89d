#include "rpc/pending_writes.h"

#include <utility>

namespace taskwire::rpc {

PendingWrites::Id PendingWrites::begin(Cuttable& call, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto write = waiting_.insert(waiting_.end(), Write{&call, bytes});
  bytes_ += bytes;
  while (bytes_ > most_bytes_ && waiting_.begin() != write) {
    auto& longest = waiting_.front();
    bytes_ -= std::exchange(longest.bytes, 0);
    longest.is_cut = true;
    cut_.splice(cut_.end(), waiting_, waiting_.begin());
    complaints_.add(Reason::too_many_watches, "callers do not take what they watch; read on, or cancel", "Watch",
                    engine::kMachineClock.steady());
    longest.call->cut();
  }
  return write;
}

void PendingWrites::end(Id write) {
  const std::lock_guard lock(mutex_);
  bytes_ -= write->bytes;
  (write->is_cut ? cut_ : waiting_).erase(write);
}

}  // namespace taskwire::rpc
