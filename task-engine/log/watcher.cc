#include "log/watcher.h"

#include <utility>

namespace taskwire::engine {

Watcher::Watcher(const Means& means, std::unique_ptr<Feed> feed, WatchSink& sink)
    : means_(means), feed_(std::move(feed)), sink_(sink), idle_due_(means.clock.steady() + kIdle) {}

void Watcher::sent() {
  {
    const std::lock_guard lock(mutex_);
    told_.sent = true;
  }
  schedule();
}

void Watcher::stop(Error error) {
  {
    const std::lock_guard lock(mutex_);
    if (!stop_) stop_ = std::move(error);
  }
  schedule();
}

void Watcher::wake() {
  {
    const std::lock_guard lock(mutex_);
    told_.woken = true;
  }
  schedule();
}

void Watcher::schedule() {
  if (steps_due_.fetch_add(1) > 0) return;
  means_.steps.post([self = shared_from_this()] {
    for (int due = self->steps_due_.load(); due > 0;) {
      self->step();
      due = self->steps_due_.fetch_sub(due) - due;
    }
  });
}

void Watcher::step() {
  if (is_finished_) return;
  Told told;
  std::optional<Error> stop;
  {
    const std::lock_guard lock(mutex_);
    told = std::exchange(told_, {});
    stop = stop_;
  }
  if (told.sent) is_sending_ = false;
  if (told.woken) is_parked_ = false;
  if (told.read) is_reading_ = false;
  if (is_sending_ || is_reading_) return;
  if (stop) return finish(*stop);
  if (!told.read && !sink_.has_room()) return wait_for_room();

  if (told.read) {
    if (!*told.read) return finish(told.read->error());
    if (**told.read) return send(std::move(***told.read));
  } else {
    auto next = feed_->next();
    if (std::holds_alternative<Feed::InStore>(next)) return read();
    if (const auto* const error = std::get_if<Error>(&next)) return finish(*error);
    if (auto* const message = std::get_if<WatchMessage>(&next)) return send(std::move(*message));
  }
  wait();
}

void Watcher::read() {
  using Message = std::optional<WatchMessage>;
  is_reading_ = true;
  const auto self = shared_from_this();
  means_.reads.read<Message>(
      StoreReads::Reader::caller,
      [self](ReadTransaction& reader) -> Result<Message> { return self->feed_->next_of_store(reader); },
      [self](Result<Message> message) {
        {
          const std::lock_guard lock(self->mutex_);
          self->told_.read = std::move(message);
        }
        self->schedule();
      },
      [self] {
        const std::lock_guard lock(self->mutex_);
        return self->stop_.has_value();
      });
}

void Watcher::send(WatchMessage message) {
  is_sending_ = true;
  idle_due_ = means_.clock.steady() + kIdle;
  sink_.send(std::move(message));
}

void Watcher::finish(const Error& error) {
  is_finished_ = true;
  sink_.finish(error);
}

void Watcher::wait() {
  if (means_.clock.steady() >= idle_due_) {
    v1::WatchResponse progress;
    progress.mutable_progress()->set_through(to_string(Cursor{means_.log.epoch(), feed_->place()}));
    return send(progress);
  }
  if (!is_parked_) {
    is_parked_ = feed_->park(weak_from_this());
    if (!is_parked_) return schedule();
  }
  arm_timer();
}

void Watcher::wait_for_room() {
  const auto now = means_.clock.steady();
  if (room_due_ > now) return;
  room_due_ = now + kNoRoom;
  come_back(room_due_);
}

void Watcher::arm_timer() {
  if (timer_due_ > means_.clock.steady()) return;
  timer_due_ = idle_due_;
  come_back(timer_due_);
}

void Watcher::come_back(SteadyTime when) {
  means_.timers.at(when, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->schedule();
  });
}

}  // namespace taskwire::engine
