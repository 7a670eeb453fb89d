#include "tasks/scheduler.h"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <utility>

namespace taskwire::engine {

std::shared_ptr<Scheduler> Scheduler::of(const Means& means, const Settings& settings) {
  return std::shared_ptr<Scheduler>(new Scheduler(means, settings));
}

Scheduler::Scheduler(const Means& means, const Settings& settings)
    : means_(means), settings_(settings), everything_(means.log.tail().select({})) {}

void Scheduler::on_change(std::function<void(bool)> tell) {
  const std::lock_guard lock(mutex_);
  tell_ = std::move(tell);
}

void Scheduler::start() {
  const std::lock_guard lock(mutex_);
  begin_anew();
}

Result<Scheduler::Place> Scheduler::reserve(const std::string& user) {
  const std::lock_guard lock(mutex_);
  // What was committed a moment ago waits already, or has left: its event may not have woken this yet.
  if (is_following_ && !catch_up()) begin_anew();
  if (failures_ > 0)
    return refuse(
        Reason::store_failed,
        "the tasks that wait cannot be read, so that no other is taken on; nothing was written; try again when "
        "the engine's store is well");
  if (queue_.size() + reserved_.all() + unseen_.all() >= settings_.most_waiting)
    return refuse(Reason::queue_full, "too many tasks wait already; try again when some have ended");
  if (queue_.size(user) + reserved_.of(user) + unseen_.of(user) >= settings_.most_waiting_of_user)
    return refuse(Reason::queue_full, "too many tasks of this user wait already; try again when some have ended");
  reserved_.add(user);
  return Place(this, {user});
}

void Scheduler::give_back(const std::string& user) {
  const std::lock_guard lock(mutex_);
  reserved_.remove(user);
  if (!is_following_) unseen_.add(user);
}

void Scheduler::stop() {
  const std::lock_guard lock(mutex_);
  is_stopping_ = true;
}

void Scheduler::wake() {
  const std::lock_guard lock(mutex_);
  is_parked_ = false;
  follow();
}

void Scheduler::follow() {
  while (is_following_) {
    if (!catch_up()) return begin_anew();
    if (!is_parked_) is_parked_ = means_.log.tail().park(everything_, cursor_, weak_from_this());
    if (is_parked_) return;
  }
}

void Scheduler::begin_anew() {
  is_following_ = false;
  if (is_stopping_) return;
  const auto read = [](ReadTransaction& reader) -> Result<OpenTasks> {
    return OpenTasks{reader.open_tasks(), reader.head().sequence};
  };
  means_.reads.read<OpenTasks>(StoreReads::Reader::engine, read, [weak = weak_from_this()](Result<OpenTasks> open) {
    if (const auto self = weak.lock()) self->begin(std::move(open));
  });
}

void Scheduler::begin(Result<OpenTasks> open) {
  const std::lock_guard lock(mutex_);
  if (is_stopping_) return;
  if (!open) {
    failed(open.error());
    return try_later();
  }
  went_well();
  queue_.clear();
  unseen_.clear();
  for (const auto& task : open->tasks) take_in(task);
  cursor_ = open->head;
  const auto& tail = means_.log.tail();
  if (!catch_up()) return tail.covers(tail.head()) ? begin_anew() : try_later();
  is_following_ = true;
  follow();
}

void Scheduler::failed(const Error& error) {
  ++failures_;
  const auto now = means_.clock.steady();
  if (failures_ == 1 && tell_) tell_(false);
  if (failures_ > 1 && now - told_at_ < kTellAgain) return;
  told_at_ = now;
  spdlog::error("the open tasks cannot be read, so none is started ({} times so far): {}", failures_, error.message);
}

void Scheduler::went_well() {
  if (failures_ == 0) return;
  spdlog::info("the open tasks can be read again; {} readings had failed", std::exchange(failures_, 0));
  if (tell_) tell_(true);
}

void Scheduler::try_later() {
  means_.timers.at(means_.clock.steady() + kTryAgain, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    const std::lock_guard lock(self->mutex_);
    self->begin_anew();
  });
}

/// False where the tail does not reach back to the cursor.
bool Scheduler::catch_up() {
  for (;;) {
    const auto page = means_.log.tail().read(everything_, cursor_);
    if (!page) return false;
    cursor_ = page->through;
    for (const auto& event : page->events) {
      if (event->is_deletion) {
        queue_.drop(event->key);
      } else if (!event->key.empty()) {
        take_in(event->parse().task());
      }
    }
    if (page->events.empty()) break;
  }
  dispatch();
  return true;
}

void Scheduler::take_in(const v1::Task& task) {
  const AttemptId attempt{task.task_id(), task.attempt()};
  if (task.state() == v1::TASK_STATE_QUEUED) {
    if (!means_.runner.is_running(attempt)) queue_.put(task.user_id(), attempt);
    return;
  }
  queue_.drop(task.task_id());
  if (task.state() == v1::TASK_STATE_CANCELLING) means_.runner.cancel(attempt);
}

void Scheduler::dispatch() {
  while (!is_stopping_ && running_.all() < means_.runner.workers()) {
    const auto next = queue_.take([this](const std::string& user) { return may_run_another(user); });
    if (!next) return;
    running_.add(next->user);
    means_.runner.run(next->attempt, [weak = weak_from_this(), user = next->user] {
      const auto self = weak.lock();
      if (!self) return;
      const std::lock_guard lock(self->mutex_);
      self->running_.remove(user);
      self->dispatch();
    });
  }
}

bool Scheduler::may_run_another(const std::string& user) const {
  const auto places = means_.runner.workers();
  const auto most =
      settings_.most_running_of_user > 0 ? settings_.most_running_of_user : std::max<std::size_t>(1, places * 3 / 4);
  return running_.of(user) < most;
}

}  // namespace taskwire::engine
