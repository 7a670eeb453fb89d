#include "engine/recovery.h"

#include <spdlog/spdlog.h>
#include <utility>

namespace taskwire::engine {

std::shared_ptr<Recovery> Recovery::of(Tasks& tasks, const Clock& clock, Timers& timers) {
  return std::shared_ptr<Recovery>(new Recovery(tasks, clock, timers));
}

Result<void> Recovery::begin(Stop stop) {
  auto settled = tasks_.recover(stop);
  const std::lock_guard lock(mutex_);
  stop_ = stop;
  is_done_ = settled.has_value();
  return settled;
}

void Recovery::when_done(std::function<void()> then) {
  const std::lock_guard lock(mutex_);
  if (is_done_) return then();
  then_ = std::move(then);
  try_later();
}

void Recovery::stop() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
}

void Recovery::try_later() {
  timers_.at(clock_.steady() + kTryAgain, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->try_now();
  });
}

void Recovery::try_now() {
  const std::lock_guard lock(mutex_);
  if (is_stopped_) return;
  tasks_.settle(stop_, [weak = weak_from_this()](const Result<void>& settled) {
    if (const auto self = weak.lock()) self->tried(settled);
  });
}

void Recovery::tried(const Result<void>& settled) {
  const std::lock_guard lock(mutex_);
  if (is_stopped_) return;
  if (!settled) return try_later();
  is_done_ = true;
  spdlog::info("what the last run left under way is settled, and tasks run");
  then_();
}

}  // namespace taskwire::engine
