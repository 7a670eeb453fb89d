#include "log/store_reads.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

namespace taskwire::engine {
namespace {

const Error kGone{Reason::cancelled, "the caller has gone"};
const Error kTooMany{Reason::too_many_reads, "too many reads wait already; try again in a moment"};

const Error kStopping{Reason::shutting_down, "the engine is stopping; read again when it is back"};

}  // namespace

void StoreReads::stop() {
  std::unique_ptr<ThreadPool> threads;
  {
    const std::lock_guard lock(mutex_);
    threads.swap(threads_);
  }
}

std::size_t StoreReads::waiting() {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void StoreReads::submit(Reader reader, Read read) {
  std::vector<Read> gone;
  std::optional<Read> refused;
  const Error* refusal = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!threads_) {
      refusal = &kStopping;
    } else if (reader == Reader::caller && waiting_.size() >= limits_.waiting) {
      const auto first_gone = std::stable_partition(
          waiting_.begin(), waiting_.end(), [](const Read& waiting) { return !waiting.is_gone || !waiting.is_gone(); });
      gone.assign(std::make_move_iterator(first_gone), std::make_move_iterator(waiting_.end()));
      waiting_.erase(first_gone, waiting_.end());
      if (waiting_.size() >= limits_.waiting) {
        refused_.add();
        refusal = &kTooMany;
      }
    }
    if (refusal == nullptr) {
      waiting_.push_back(std::move(read));
      if (busy_ < limits_.threads) {
        ++busy_;
        threads_->post([this] { work(); });
      }
    } else {
      refused = std::move(read);
    }
  }
  for (const auto& left : gone) left.answer(&kGone);
  if (refused) refused->answer(refusal);
}

void StoreReads::work() {
  std::unique_lock lock(mutex_);
  while (!waiting_.empty()) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    next.answer(next.is_gone && next.is_gone() ? &kGone : nullptr);
    next = {};
    lock.lock();
  }
  --busy_;
}

}  // namespace taskwire::engine
