#include "rpc/pending_writes.h"

#include <string>
#include <utility>

namespace taskwire::rpc {
bool PendingWrites::has_room() {
  const std::lock_guard lock(mutex_);
  const auto oldest = clock_.steady() - kPatience;
  while (bytes_ >= most_bytes_ && !waiting_.empty() && waiting_.front().since <= oldest) {
    auto& longest = waiting_.front();
    const auto bytes = std::exchange(longest.bytes, 0);
    bytes_ -= bytes;
    longest.is_cut = true;
    cut_.splice(cut_.end(), waiting_, waiting_.begin());
    cuts_.count(std::to_string(bytes) + " bytes were on their way");
    longest.call->cut();
  }
  return bytes_ < most_bytes_;
}

PendingWrites::Id PendingWrites::begin(Cuttable& call, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  bytes_ += bytes;
  return waiting_.insert(waiting_.end(), Write{&call, bytes, clock_.steady()});
}

void PendingWrites::end(Id write) {
  const std::lock_guard lock(mutex_);
  bytes_ -= write->bytes;
  (write->is_cut ? cut_ : waiting_).erase(write);
}

}  // namespace taskwire::rpc
