#include "tasks/scheduler.h"

#include <algorithm>
#include <limits>
#include <spdlog/spdlog.h>
#include <unordered_set>
#include <utility>

#include "base/timestamp.h"
#include "tasks/transitions.h"

namespace taskwire::engine {
namespace {

constexpr int kMostDueAtOnce = 1000;  // meanwhile the writer may wait
constexpr int kMostOvertaken = 10;
constexpr std::size_t kFurthestPosition = 1'000;
constexpr int kEveryAttempt = std::numeric_limits<int>::max();

std::size_t places_of(std::size_t workers, std::size_t most_running) {
  return most_running == 0 ? workers : std::min(workers, most_running);
}

}  // namespace

std::shared_ptr<Scheduler> Scheduler::of(const Means& means, const Settings& settings) {
  std::shared_ptr<Scheduler> scheduler(new Scheduler(means, settings));
  scheduler->alarm_ = Alarm::of(means.clock, means.timers, [weak = std::weak_ptr(scheduler)] {
    const auto self = weak.lock();
    if (!self) return;
    const std::lock_guard lock(self->mutex_);
    self->dispatch();
  });
  return scheduler;
}

Scheduler::Scheduler(const Means& means, const Settings& settings)
    : means_(means),
      settings_(settings),
      everything_(means.log.tail().select({})),
      places_(means.catalogue, places_of(means.runner.workers(), settings.most_running),
              settings.most_running_of_user) {}

void Scheduler::on_change(std::function<void(bool)> tell) {
  const std::lock_guard lock(mutex_);
  tell_ = std::move(tell);
}

void Scheduler::start() {
  const std::lock_guard lock(mutex_);
  begin_anew();
}

Result<Scheduler::Place> Scheduler::reserve(const std::string& user, const std::string& type) {
  const std::lock_guard lock(mutex_);
  refresh();
  if (failures_ > 0)
    return refuse(
        Reason::store_failed,
        "the tasks that wait cannot be read, so that no other is taken on; nothing was written; try again when "
        "the engine's store is well");
  if (queue_.size() + delayed_.size() + suspects_.size() + reserved_.all() + unseen_.all() >= settings_.most_waiting)
    return full("too many tasks wait already; try again when some have ended");
  if (queue_.size(user) + delayed_.size(user) + suspects_.size(user) + reserved_.of(user) + unseen_.of(user) >=
      settings_.most_waiting_of_user)
    return full("too many tasks of this user wait already; try again when some have ended");
  reserved_.add(user);
  reserved_types_.add(type);
  return Place(this, {user, type});
}

Result<Scheduler::Place> Scheduler::full(std::string message) {
  refused_.add();
  return refuse(Reason::queue_full, std::move(message));
}

void Scheduler::give_back(const std::string& user, const std::string& type) {
  const std::lock_guard lock(mutex_);
  reserved_.remove(user);
  reserved_types_.remove(type);
  if (!is_following_) unseen_.add(user);
}

v1::QueuedBecause Scheduler::why_queued(const v1::Task& task) {
  if (task.state() != v1::TASK_STATE_QUEUED) return v1::QUEUED_BECAUSE_UNSPECIFIED;
  const std::lock_guard lock(mutex_);
  const bool is_held = queue_.holds(task.task_id()) || suspects_.holds(task.task_id());
  if (is_following_ && is_held)
    return is_done_outside(task.type()) && !means_.outside.has_workers(task.type()) ? v1::QUEUED_BECAUSE_NO_WORKER
                                                                                    : v1::QUEUED_BECAUSE_LIMIT;
  const bool is_early = task.has_not_before() && from_timestamp(task.not_before()) > means_.clock.now();
  return is_early || delayed_.holds(task.task_id()) ? v1::QUEUED_BECAUSE_NOT_BEFORE : v1::QUEUED_BECAUSE_UNSPECIFIED;
}

int Scheduler::queue_position(const std::string& task_id) {
  const std::lock_guard lock(mutex_);
  return is_following_ ? static_cast<int>(queue_.position(task_id, kFurthestPosition)) : 0;
}

Census::ByType Scheduler::census() {
  const std::lock_guard lock(mutex_);
  return census_.by_type();
}

std::size_t Scheduler::waiting(const std::string& type) {
  const std::lock_guard lock(mutex_);
  return queue_.of_type(type);
}

bool Scheduler::is_in_use(const std::string& type) {
  const std::lock_guard lock(mutex_);
  refresh();
  return !is_following_ || reserved_types_.of(type) > 0 || queue_.of_type(type) > 0 || delayed_.of_type(type) > 0 ||
         means_.outside.is_in_use(type);
}

void Scheduler::look_again() {
  const std::lock_guard lock(mutex_);
  refresh();
}

void Scheduler::put_back(const Waiting& waiting) {
  const std::lock_guard lock(mutex_);
  if (is_following_) queue_.put(waiting);
  dispatch();
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

/// What was committed a moment ago waits already, or has left: its event may not have woken this yet.
void Scheduler::refresh() {
  if (is_following_ && !catch_up()) begin_anew();
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
    return OpenTasks{reader.open_tasks(), reader.leases(), reader.head().sequence};
  };
  // What begins while it is read may not be in it.
  auto running = means_.runner.running();
  const auto outside = means_.outside.running();
  running.insert(running.end(), outside.begin(), outside.end());
  means_.reads.read<OpenTasks>(StoreReads::Reader::engine, read,
                               [weak = weak_from_this(), running = std::move(running)](Result<OpenTasks> open) {
                                 if (const auto self = weak.lock()) self->begin(std::move(open), running);
                               });
}

void Scheduler::begin(Result<OpenTasks> open, const std::vector<AttemptId>& running) {
  const std::lock_guard lock(mutex_);
  if (is_stopping_) return;
  if (!open) {
    failed(open.error());
    return try_later();
  }
  went_well();
  queue_.clear();
  delayed_.clear();
  suspects_.clear();
  unseen_.clear();
  census_.forget_open();
  supersede_all_but(open->tasks, running);
  means_.outside.take_up(open->leases, open->tasks);
  for (const auto& task : open->tasks) take_in(task);
  cursor_ = open->head;
  if (!catch_up()) return overtaken();
  overtaken_ = 0;
  is_following_ = true;
  follow();
}

/// The tail reached back no further than to behind what was read.
void Scheduler::overtaken() {
  const auto& tail = means_.log.tail();
  if (++overtaken_ < kMostOvertaken) return tail.covers(tail.head()) ? begin_anew() : try_later();
  if (overtaken_ == kMostOvertaken)
    spdlog::warn(
        "more is written while the open tasks are read than --tail-events and --tail-bytes keep in memory, so "
        "none is started; give them more");
  try_later();
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
        const std::string deleted(event->key);
        drop(deleted);
        supersede(deleted, kEveryAttempt);
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
  census_.take_in(task);
  const AttemptId attempt{task.task_id(), task.attempt()};
  supersede(attempt.task_id, has_ended(task.state()) ? attempt.number : attempt.number - 1);
  if (task.state() != v1::TASK_STATE_QUEUED) {
    drop(attempt.task_id);
    if (task.state() != v1::TASK_STATE_CANCELLING) return;
    means_.runner.stop(attempt, StopReason::cancelled);
    means_.outside.cancel(attempt);
  } else if (!is_running(attempt)) {
    const Waiting waiting{task.user_id(), task.type(), attempt};
    if (is_suspect(task) && !is_done_outside(task.type())) return suspects_.put(waiting);
    const auto time = task.has_not_before() ? from_timestamp(task.not_before()) : SystemTime::min();
    if (time > means_.clock.now()) {
      queue_.drop(attempt.task_id);
      delayed_.put(time, waiting);
    } else {
      delayed_.drop(attempt.task_id);
      queue_.put(waiting);
    }
  }
}

void Scheduler::drop(const std::string& task_id) {
  queue_.drop(task_id);
  delayed_.drop(task_id);
  suspects_.drop(task_id);
}

/// What runs of a task that is not open has ended or was deleted unseen; of the others their own states tell.
void Scheduler::supersede_all_but(const std::vector<v1::Task>& open, const std::vector<AttemptId>& running) {
  if (running.empty()) return;
  std::unordered_set<std::string> ids;
  for (const auto& task : open) ids.insert(task.task_id());
  for (const auto& id : running) {
    if (!ids.contains(id.task_id)) supersede(id.task_id, id.number);
  }
}

void Scheduler::supersede(const std::string& task_id, int through) {
  means_.runner.supersede(task_id, through);
  means_.outside.supersede(task_id, through);
}

bool Scheduler::is_running(const AttemptId& id) {
  return means_.runner.is_running(id) || means_.outside.is_running(id);
}

/// One of a type that is not known fails where the engine does it.
bool Scheduler::is_done_outside(const std::string& type) const {
  const auto known = means_.catalogue.find(type);
  return known && known->built_in == nullptr;
}

bool Scheduler::may_run(const std::string& type) {
  return is_done_outside(type) ? means_.outside.may_run(type) : places_.is_any_free() && places_.may_run(type);
}

bool Scheduler::may_run(const std::string& user, const std::string& type) {
  return is_done_outside(type) ? means_.outside.may_run(user, type) : places_.may_run(user, type);
}

void Scheduler::take_due() {
  const auto now = means_.clock.now();
  for (int taken = 0; taken < kMostDueAtOnce; ++taken) {
    const auto due = delayed_.take_due(now);
    if (!due) break;
    queue_.put(*due);
  }
  if (const auto first = delayed_.first()) alarm_->set(*first > now + Alarm::kLongest ? Alarm::kLongest : *first - now);
}

void Scheduler::dispatch() {
  if (is_stopping_ || !is_following_) return;
  take_due();
  const TaskQueue::Room room{[this](const std::string& type) { return may_run(type); },
                             [this](const std::string& user, const std::string& type) { return may_run(user, type); }};
  run_suspect();
  while (const auto next = queue_.take(room)) {
    if (!run(*next, false)) queue_.put(*next);
  }
  means_.outside.hand_over();
}

void Scheduler::run_suspect() {
  if (!places_.is_any_free()) return;
  const auto next = suspects_.take([&](const Waiting& waiting) {
    return places_.may_run(waiting.type) && places_.may_run(waiting.user, waiting.type);
  });
  if (!next) return;
  if (!is_done_outside(next->type)) return static_cast<void>(run(*next, true));
  suspects_.end();  // workers have come for its type, and fall with nobody
  queue_.put(*next);
}

bool Scheduler::run(const Waiting& waiting, bool is_suspect) {
  if (is_done_outside(waiting.type)) return means_.outside.give(waiting);
  places_.take(waiting.user, waiting.type);
  means_.runner.run(waiting.attempt, [weak = weak_from_this(), user = waiting.user, type = waiting.type, is_suspect] {
    const auto self = weak.lock();
    if (!self) return;
    const std::lock_guard lock(self->mutex_);
    self->places_.give_back(user, type);
    if (is_suspect) self->suspects_.end();
    self->refresh();
  });
  return true;
}

}  // namespace taskwire::engine
