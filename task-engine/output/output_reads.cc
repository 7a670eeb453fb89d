#include "output/output_reads.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "output/output_page.h"
#include "output/output_place.h"

namespace taskwire::engine {
namespace {

/// Up to which attempt that is.
int attempt_of(const v1::ReadOutputResponse& response) {
  const auto through = parse_output_cursor(response.through());
  return through ? through->place.attempt : 0;
}

tl::unexpected<Error> stopping() {
  return refuse(Reason::shutting_down, "the engine is stopping; try again when it is back");
}

}  // namespace

std::shared_ptr<OutputReads> OutputReads::of(const Means& means) {
  std::shared_ptr<OutputReads> reads(new OutputReads(means));
  reads->alarm_ = Alarm::of(means.clock, means.timers, [weak = std::weak_ptr(reads)] {
    if (const auto self = weak.lock()) self->look_at_clock();
  });
  return reads;
}

OutputReads::Id OutputReads::next() {
  const std::lock_guard lock(mutex_);
  return next_++;
}

void OutputReads::read(Id id, const v1::ReadOutputRequest& request, const std::function<bool()>& is_gone,
                       Done<v1::ReadOutputResponse> done) {
  if (auto checked = check_read_output(request); !checked) return done(tl::make_unexpected(checked.error()));
  auto reading = std::make_shared<Reading>();
  reading->request = request;
  reading->done = std::move(done);
  reading->until = means_.clock.steady() + std::chrono::milliseconds(request.wait_ms());
  std::unique_lock lock(mutex_);
  if (is_stopping_) {
    lock.unlock();
    return reading->done(stopping());
  }
  readings_.emplace(id, reading);
  by_task_[request.task_id()].insert(id);
  lock.unlock();
  // Whoever tells that the caller has gone may have come before it stood here.
  is_gone() ? withdraw(id) : look(id, reading);
}

void OutputReads::look(Id id, const Ptr& reading) {
  const auto read = [reading](ReadTransaction& reader) { return read_output(reader, reading->request); };
  means_.reads.read<v1::ReadOutputResponse>(
      StoreReads::Reader::caller, read,
      [weak = weak_from_this(), id, reading](Result<v1::ReadOutputResponse> answer) {
        if (const auto self = weak.lock()) self->take(id, reading, std::move(answer));
      },
      [weak = weak_from_this(), reading] {
        const auto self = weak.lock();
        if (!self) return true;
        const std::lock_guard lock(self->mutex_);
        return !reading->done;
      });
}

void OutputReads::take(Id id, const Ptr& reading, Result<v1::ReadOutputResponse> read) {
  std::unique_lock lock(mutex_);
  const bool waits = read && !has_news(reading->request, *read) && means_.clock.steady() < reading->until;
  if (!waits) {
    const auto done = remove(id, reading);
    lock.unlock();
    return done ? done(std::move(read)) : void();
  }
  if (!reading->done) return;
  if (std::exchange(reading->is_told, false)) {
    lock.unlock();
    return look(id, reading);
  }
  reading->nothing = std::move(*read);
  due_.emplace(reading->until, id);
  set_alarm();
}

void OutputReads::withdraw(Id id) {
  std::unique_lock lock(mutex_);
  const auto found = readings_.find(id);
  if (found == readings_.end()) return;
  const auto done = remove(id, Ptr(found->second));
  lock.unlock();
  if (done) done(refuse(Reason::cancelled, "the caller has gone"));
}

void OutputReads::tell(const std::string& task_id) {
  supersede(task_id, std::numeric_limits<int>::max());
}

void OutputReads::supersede(const std::string& task_id, int through) {
  std::vector<std::pair<Id, Ptr>> woken;
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_task_.find(task_id);
    if (found == by_task_.end()) return;
    for (const auto id : found->second) {
      const auto& reading = readings_.at(id);
      if (reading->nothing && attempt_of(*reading->nothing) > through) continue;
      if (!wake(*reading)) continue;
      due_.erase({reading->until, id});
      woken.emplace_back(id, reading);
    }
  }
  for (const auto& [id, reading] : woken) look(id, reading);
}

bool OutputReads::wake(Reading& reading) {
  if (!reading.nothing) reading.is_told = true;
  const bool waits = reading.nothing.has_value();
  reading.nothing.reset();
  return waits;
}

void OutputReads::look_at_clock() {
  std::vector<std::pair<Done<v1::ReadOutputResponse>, v1::ReadOutputResponse>> over;
  {
    const std::lock_guard lock(mutex_);
    const auto now = means_.clock.steady();
    while (!due_.empty() && due_.begin()->first <= now) {
      const auto id = due_.begin()->second;
      const auto reading = readings_.at(id);
      auto nothing = std::move(*reading->nothing);
      over.emplace_back(remove(id, reading), std::move(nothing));
    }
    set_alarm();
  }
  for (auto& [done, nothing] : over) done(std::move(nothing));
}

void OutputReads::stop() {
  std::vector<Done<v1::ReadOutputResponse>> waiting;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    while (!readings_.empty()) waiting.push_back(remove(readings_.begin()->first, Ptr(readings_.begin()->second)));
  }
  for (const auto& done : waiting) done(stopping());
}

Done<v1::ReadOutputResponse> OutputReads::remove(Id id, const Ptr& reading) {
  if (readings_.erase(id) == 0) return {};
  const auto of_task = by_task_.find(reading->request.task_id());
  of_task->second.erase(id);
  if (of_task->second.empty()) by_task_.erase(of_task);
  due_.erase({reading->until, id});
  return std::exchange(reading->done, {});
}

void OutputReads::set_alarm() {
  if (due_.empty()) return;
  alarm_->set(std::max(SteadyTime::duration(0), due_.begin()->first - means_.clock.steady()));
}

}  // namespace taskwire::engine
