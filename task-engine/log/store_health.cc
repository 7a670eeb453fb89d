#include "log/store_health.h"

#include <spdlog/spdlog.h>
#include <utility>

namespace taskwire::engine {

std::shared_ptr<StoreHealth> StoreHealth::of(EventLog& log, const Clock& clock, Timers& timers) {
  std::shared_ptr<StoreHealth> health(new StoreHealth(log, clock, timers));
  log.on_change([weak = health->weak_from_this()](bool takes_writes) {
    if (const auto self = weak.lock()) self->change(takes_writes);
  });
  log.on_read([weak = health->weak_from_this()](const Error* error) {
    if (error == nullptr) return;
    if (const auto self = weak.lock()) self->reading_failed(*error);
  });
  return health;
}

void StoreHealth::listen(std::function<void(State)> tell) {
  const std::lock_guard lock(mutex_);
  tell_ = std::move(tell);
  if (tell_) tell_(state_);
}

void StoreHealth::set_runs_tasks(bool runs_tasks) {
  const std::lock_guard lock(mutex_);
  state_.runs_tasks = runs_tasks;
  if (tell_) tell_(state_);
}

void StoreHealth::change(bool takes_writes) {
  {
    const std::lock_guard lock(mutex_);
    state_.takes_writes = takes_writes;
    if (tell_) tell_(state_);
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
    transaction.remember("health", "", {}, std::chrono::milliseconds(0));  // of which nothing is kept
    return {};
  };
  log_.write<void>(EventLog::Writer::engine, 0, write, [weak = weak_from_this()](const Result<void>& written) {
    const auto self = weak.lock();
    if (self && !written && written.error().reason != Reason::shutting_down) self->try_later();
  });
}

void StoreHealth::reading_failed(const Error& error) {
  const auto now = clock_.steady();
  const std::lock_guard lock(mutex_);
  ++failures_;
  last_failure_ = now;
  if (!state_.reads && now - last_line_ < kTellAgain) return;
  last_line_ = now;
  spdlog::error("reading the store failed ({} times so far): {}", failures_, error.message);
  if (!std::exchange(state_.reads, false)) return;
  if (tell_) tell_(state_);
  look_later(now + kQuiet);
}

void StoreHealth::look_later(SteadyTime when) {
  timers_.at(when, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->look_whether_quiet();
  });
}

void StoreHealth::look_whether_quiet() {
  const std::lock_guard lock(mutex_);
  if (clock_.steady() - last_failure_ < kQuiet) return look_later(last_failure_ + kQuiet);
  spdlog::info("no reading of the store has failed for {} s; {} had", kQuiet.count(), std::exchange(failures_, 0));
  state_.reads = true;
  if (tell_) tell_(state_);
}

}  // namespace taskwire::engine
