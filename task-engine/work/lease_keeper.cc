#include "work/lease_keeper.h"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <unordered_map>
#include <utility>

#include "base/timestamp.h"
#include "tasks/find_task.h"
#include "tasks/transitions.h"
#include "text/hex.h"
#include "text/lease_name.h"
#include "work/lease_changes.h"
#include "work/until_known.h"

namespace taskwire::engine {
namespace {

bool is_live(const Leases::Ptr& lease, SteadyTime now) {
  return lease && lease->state == Lease::State::live && lease->end().first > now;
}

/// Of what its attempt may run: the time that the engine was away counts, as far as the wall clock tells it.
std::chrono::milliseconds time_left(const v1::Task& task, SystemTime now) {
  const std::chrono::milliseconds limit(task.time_limit_ms());
  const auto run = std::chrono::duration_cast<std::chrono::milliseconds>(now - from_timestamp(task.start_time()));
  return limit - std::clamp(run, std::chrono::milliseconds(0), limit);
}

void close(const Leases::Ptr& lease) {
  if (lease->reporter) (void)lease->reporter->close();
}

}  // namespace

std::shared_ptr<LeaseKeeper> LeaseKeeper::of(Means means, const Settings& settings) {
  std::shared_ptr<LeaseKeeper> keeper(new LeaseKeeper(std::move(means), settings));
  keeper->alarm_ = Alarm::of(keeper->means_.clock, keeper->means_.timers, [weak = std::weak_ptr(keeper)] {
    if (const auto self = weak.lock()) self->look();
  });
  return keeper;
}

LeaseKeeper::LeaseKeeper(Means means, const Settings& settings)
    : means_(std::move(means)),
      settings_(settings),
      places_(means_.catalogue, settings.most, settings.most_of_user),
      looked_at_(means_.clock.steady()) {}

bool LeaseKeeper::has_room(const std::string& type) {
  const std::lock_guard lock(mutex_);
  return places_.is_any_free() && places_.may_run(type);
}

bool LeaseKeeper::has_room(const std::string& user, const std::string& type) {
  const std::lock_guard lock(mutex_);
  return places_.may_run(user, type);
}

Leases::Ptr LeaseKeeper::begin(Waiting what, std::string worker, std::string token) {
  auto lease = std::make_shared<Lease>();
  lease->what = std::move(what);
  lease->worker = std::move(worker);
  const std::lock_guard lock(mutex_);
  lease->token = token.empty() || leases_.find(token) ? make_token() : std::move(token);
  enter(lease);
  return lease;
}

bool LeaseKeeper::began(const Leases::Ptr& lease, const v1::Task& task) {
  std::unique_lock lock(mutex_);
  if (leases_.find(lease->token) != lease) return false;
  make_live(lease, task);
  lock.unlock();
  if (lease->is_unwanted) give_back(lease->token);
  return true;
}

void LeaseKeeper::resolve(const Leases::Ptr& lease) {
  const std::function<Result<v1::Task>(Transaction&)> look = [lease](Transaction& transaction) -> Result<v1::Task> {
    if (!is_held(transaction, *lease)) return refuse(Reason::stale_report, "the attempt was not begun");
    return find_task(transaction, lease->what.attempt.task_id);
  };
  write_until_known<v1::Task>(means_.log, means_.clock, means_.timers, kAttemptBytes, look,
                              [weak = weak_from_this(), lease](const Result<v1::Task>& task) {
                                const auto self = weak.lock();
                                if (!self || (!task && task.error().reason == Reason::shutting_down)) return;
                                (void)(task ? self->began(lease, *task) : self->drop(lease));
                              });
}

Result<void> LeaseKeeper::hear(const std::string& token, const std::function<void(Lease&, v1::Lease)>& act) {
  const std::lock_guard lock(mutex_);
  const auto lease = leases_.find(token);
  const auto now = means_.clock.steady();
  begin_anew(now);
  if (lease && lease->state == Lease::State::ending) return not_known();
  if (!is_live(lease, now)) return lease_lost();
  lease->until = now + settings_.lease;
  leases_.update(lease);
  act(*lease, describe(*lease));
  return {};
}

void LeaseKeeper::note_output(const std::string& token, std::int64_t next) {
  const std::lock_guard lock(mutex_);
  if (const auto lease = leases_.find(token)) lease->output_next = std::max(lease->output_next, next);
}

Leases::Ptr LeaseKeeper::begin_end(const std::string& token) {
  const std::lock_guard lock(mutex_);
  auto lease = leases_.find(token);
  const auto now = means_.clock.steady();
  begin_anew(now);
  if (!is_live(lease, now)) return nullptr;
  lease->state = Lease::State::ending;
  leases_.update(lease);
  return lease;
}

bool LeaseKeeper::is_ending(const std::string& token) {
  const std::lock_guard lock(mutex_);
  const auto lease = leases_.find(token);
  return lease && lease->state == Lease::State::ending;
}

void LeaseKeeper::go_on(const Leases::Ptr& lease) {
  const std::lock_guard lock(mutex_);
  if (leases_.find(lease->token) != lease) return;
  lease->state = Lease::State::live;
  lease->until = means_.clock.steady() + settings_.lease;
  leases_.update(lease);
  set_alarm();
}

bool LeaseKeeper::drop(const Leases::Ptr& lease) {
  std::unique_lock lock(mutex_);
  const bool was_held = leave(lease);
  lock.unlock();
  close(lease);
  return was_held;
}

void LeaseKeeper::give_back(const std::string& token) {
  if (note_unwanted(token)) return;
  const auto lease = begin_end(token);
  if (lease && lease->what.type == Catalogue::kExternal) return go_on(lease);  // nobody else would come for it
  if (lease) write_end(lease, [lease](Transaction& transaction) { return give_back_lease(transaction, *lease); });
}

/// False where it is not just beginning.
bool LeaseKeeper::note_unwanted(const std::string& token) {
  const std::lock_guard lock(mutex_);
  const auto lease = leases_.find(token);
  if (!lease || lease->state != Lease::State::beginning) return false;
  lease->is_unwanted = true;
  return true;
}

bool LeaseKeeper::is_running(const AttemptId& id) {
  const std::lock_guard lock(mutex_);
  return leases_.find(id) != nullptr;
}

std::vector<AttemptId> LeaseKeeper::running() {
  const std::lock_guard lock(mutex_);
  std::vector<AttemptId> ids;
  for (const auto& lease : leases_.all()) {
    if (lease->state != Lease::State::beginning) ids.push_back(lease->what.attempt);
  }
  return ids;
}

bool LeaseKeeper::is_in_use(const std::string& type) {
  const std::lock_guard lock(mutex_);
  return places_.holds(type);
}

void LeaseKeeper::cancel(const AttemptId& id) {
  const std::lock_guard lock(mutex_);
  const auto lease = leases_.find(id);
  if (!lease || lease->cancel_until) return;
  lease->cancel_until = means_.clock.steady() + settings_.cancel_grace;
  leases_.update(lease);
  set_alarm();
}

void LeaseKeeper::supersede(const std::string& task_id, int through) {
  std::unique_lock lock(mutex_);
  const auto over = leases_.of_task(task_id, through);
  for (const auto& lease : over) leave(lease);
  lock.unlock();
  for (const auto& lease : over) close(lease);
}

void LeaseKeeper::take_up(const std::vector<KeptLease>& leases, const std::vector<v1::Task>& tasks) {
  if (leases.empty()) return;
  std::unordered_map<std::string, const v1::Task*> by_id;
  for (const auto& task : tasks) by_id.emplace(task.task_id(), &task);
  const std::lock_guard lock(mutex_);
  for (const auto& kept : leases) {
    const auto task = by_id.find(kept.task_id);
    const AttemptId attempt{kept.task_id, kept.attempt};
    if (task == by_id.end() || !is_under_way(*task->second, kept.attempt) || leases_.find(attempt)) continue;
    const auto lease = std::make_shared<Lease>();
    lease->token = kept.token;
    lease->what = {task->second->user_id(), task->second->type(), attempt};
    lease->worker = kept.worker;
    lease->output_next = kept.output_next;
    enter(lease);
    make_live(lease, *task->second);
  }
}

Result<std::optional<v1::Lease>> LeaseKeeper::describe(const std::string& token) {
  const std::lock_guard lock(mutex_);
  const auto lease = leases_.find(token);
  if (lease && lease->state == Lease::State::beginning) return not_known();
  return lease ? std::optional(describe(*lease)) : std::nullopt;
}

v1::Lease LeaseKeeper::describe(const Lease& lease) const {
  const auto left = std::max(SteadyTime::duration(0), lease.until - means_.clock.steady());
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(left);
  v1::Lease described;
  described.set_lease(lease.token);
  described.set_lease_ms(ms.count());
  *described.mutable_expire_time() = to_timestamp(means_.clock.now() + ms);
  return described;
}

void LeaseKeeper::stop() {
  const std::lock_guard lock(mutex_);
  is_stopping_ = true;
}

void LeaseKeeper::look() {
  std::unique_lock lock(mutex_);
  if (is_stopping_) return;
  const auto now = means_.clock.steady();
  begin_anew(now);
  looked_at_ = now;
  std::vector<std::pair<Leases::Ptr, Lease::End>> over;
  for (const auto& lease : leases_.due(now)) {
    over.emplace_back(lease, lease->end().second);
    lease->state = Lease::State::ending;
    leases_.update(lease);
  }
  set_alarm();
  lock.unlock();
  for (const auto& [lease, why] : over) end(lease, why);
}

/// What was sent meanwhile has not been read yet.
void LeaseKeeper::begin_anew(SteadyTime now) {
  if (now - looked_at_ <= kStoodStill || leases_.size() == 0) return;
  spdlog::warn("the engine stood still for {} ms; {} leases begin anew",
               std::chrono::duration_cast<std::chrono::milliseconds>(now - looked_at_).count(), leases_.size());
  for (const auto& lease : leases_.all()) {
    lease->until = std::max(lease->until, now + settings_.lease);
    leases_.update(lease);
  }
  looked_at_ = now;
}

void LeaseKeeper::set_alarm() {
  if (leases_.size() == 0) return;
  const auto now = means_.clock.steady();
  const auto first = leases_.first_due().value_or(now + Alarm::kLongest);
  alarm_->set(std::clamp<SteadyTime::duration>(first - now, SteadyTime::duration(0), Alarm::kLongest));
}

void LeaseKeeper::end(const Leases::Ptr& lease, Lease::End why) {
  write_end(lease, [this, lease, progress = lease->progress, why](Transaction& transaction) -> Result<v1::Task> {
    return find_task(transaction, lease->what.attempt.task_id).and_then([&](const v1::Task& task) {
      return end_lease(transaction, *lease, progress, why, pause_after(means_.catalogue, task, means_.random()));
    });
  });
}

void LeaseKeeper::write_end(const Leases::Ptr& lease, std::function<Result<v1::Task>(Transaction&)> change) {
  write_until_known<v1::Task>(means_.log, means_.clock, means_.timers, kAttemptBytes, std::move(change),
                              [weak = weak_from_this(), lease](const Result<v1::Task>& task) {
                                const auto self = weak.lock();
                                if (self && (task || task.error().reason != Reason::shutting_down)) self->drop(lease);
                              });
}

void LeaseKeeper::make_live(const Leases::Ptr& lease, const v1::Task& task) {
  const auto now = means_.clock.steady();
  lease->state = Lease::State::live;
  lease->until = now + settings_.lease;
  if (task.time_limit_ms() > 0) lease->time_limit = now + time_left(task, means_.clock.now());
  if (task.state() == v1::TASK_STATE_CANCELLING && !lease->cancel_until)
    lease->cancel_until = now + settings_.cancel_grace;
  lease->progress = task.progress();
  lease->reporter = make_reporter(lease);
  leases_.update(lease);
  set_alarm();
}

std::shared_ptr<Reporter> LeaseKeeper::make_reporter(const Leases::Ptr& lease) {
  const auto write = [&log = means_.log, is_over = lease->is_over, attempt = lease->what.attempt](
                         const v1::Progress& progress, std::function<void(bool)> written) {
    const auto change = [is_over, attempt, progress](Transaction& transaction) -> Result<void> {
      auto task = find_task(transaction, attempt.task_id).and_then([&](v1::Task&& found) {
        return set_progress(std::move(found), attempt.number, progress);
      });
      if (task) transaction.put_task(*task);
      if (!task) *is_over = true;
      return {};
    };
    log.write<void>(EventLog::Writer::engine, kAttemptBytes, change,
                    [written = std::move(written)](const Result<void>& outcome) { written(outcome.has_value()); });
  };
  return std::make_shared<Reporter>(means_.clock, means_.timers, settings_.progress_interval, write);
}

std::string LeaseKeeper::make_token() const {
  constexpr std::size_t kHalf = kLeaseLength / 2;
  const auto first = hex(means_.random(), kHalf);
  return first + hex(means_.random(), kHalf);
}

void LeaseKeeper::enter(const Leases::Ptr& lease) {
  if (leases_.size() == 0) looked_at_ = means_.clock.steady();  // there was nothing to look at
  leases_.add(lease);
  places_.take(lease->what.user, lease->what.type);
  means_.presence.enter(lease->what.type, lease->worker);
  set_alarm();
}

bool LeaseKeeper::leave(const Leases::Ptr& lease) {
  if (leases_.find(lease->token) != lease) return false;
  leases_.remove(lease);
  places_.give_back(lease->what.user, lease->what.type);
  means_.presence.leave(lease->what.type, lease->worker);
  return true;
}

}  // namespace taskwire::engine
