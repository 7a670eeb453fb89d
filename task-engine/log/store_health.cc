#include "log/store_health.h"

#include <utility>

namespace taskwire::engine {

std::shared_ptr<StoreHealth> StoreHealth::of(EventLog& log, const Clock& clock, Timers& timers) {
  const std::shared_ptr<StoreHealth> health(new StoreHealth(log, clock, timers));
  log.on_change([weak = health->weak_from_this()](bool takes_writes) {
    if (const auto self = weak.lock()) self->change(takes_writes);
  });
  return health;
}

void StoreHealth::listen(std::function<void(bool)> tell) {
  const std::lock_guard lock(mutex_);
  tell_ = std::move(tell);
  if (tell_) tell_(takes_writes_);
}

void StoreHealth::change(bool takes_writes) {
  {
    const std::lock_guard lock(mutex_);
    takes_writes_ = takes_writes;
    if (tell_) tell_(takes_writes);
  }
  if (!takes_writes) try_later();
}

void StoreHealth::try_later() {
  timers_.at(clock_.steady() + kTryAgain, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->try_now();
  });
}

void StoreHealth::try_now() {
  const auto write = [](Transaction& transaction) -> Result<void> {
    transaction.remember("health", "", {}, transaction.now());  // of which nothing is kept
    return {};
  };
  log_.write<void>(EventLog::Writer::engine, 0, write, [weak = weak_from_this()](const Result<void>& written) {
    const auto self = weak.lock();
    if (self && !written && written.error().reason != Reason::shutting_down) self->try_later();
  });
}

}  // namespace taskwire::engine
