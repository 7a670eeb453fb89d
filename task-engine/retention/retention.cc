#include "retention/retention.h"

#include <algorithm>
#include <future>
#include <spdlog/spdlog.h>
#include <utility>

#include "resume/topic.h"
#include "tasks/transitions.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kTopicsPerLook = 256;
constexpr std::size_t kTasksPerLook = 1024;
constexpr std::size_t kEventsPerBatch = 256;
constexpr std::size_t kEventsPerTask = 8;  // so much of a batch does a task's deletion count for
constexpr int kRoundsPerAge = 64;
constexpr int kMostNotes = 1'000'000;
constexpr Sequence kSqueezes = 32;  // in which a class is forgotten for its size
constexpr std::chrono::milliseconds kLeastPause{50};
constexpr std::chrono::milliseconds kMostPause{60'000};

std::chrono::milliseconds pause_of(const Retention::Limits& limits) {
  const auto shortest = std::min({limits.tasks, limits.messages, limits.channels, limits.updates, limits.deletions});
  return std::clamp(shortest / kRoundsPerAge, kLeastPause, kMostPause);
}

}  // namespace

Retention::Retention(EventLog& log, const Clock& clock, Limits limits)
    : log_(log),
      clock_(clock),
      limits_(limits),
      pause_(pause_of(limits)),
      longest_(std::max({limits.tasks, limits.messages, limits.channels, limits.updates, limits.deletions})),
      started_(clock.steady()) {}

Retention::~Retention() {
  stop();
}

void Retention::start() {
  thread_ = std::thread([this] { work(); });
}

void Retention::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Retention::work() {
  for (;;) {
    const bool goes_on = go_round();
    std::unique_lock lock(mutex_);
    if (!goes_on) changed_.wait_for(lock, pause_, [this] { return is_stopping_; });
    if (is_stopping_) return;
  }
}

bool Retention::go_round() {
  Round round;
  if (!set_clock() || !begin(round)) return false;
  round.through = std::exchange(goes_on_behind_, "");
  const bool is_whole = round.through.empty();
  do {
    if (is_stopping() || !look(round) || !forget(round)) return false;
  } while (!round.is_last);
  if (is_whole) {
    seen_events_ = round.events;
    seen_head_ = round.head;
  }
  return finish() && (is_too_large() || round.has_more);
}

bool Retention::finish() {
  const auto now = age_->now();
  const bool is_to_note = !noted_ || now - *noted_ >= longest_ / kMostNotes;
  const auto note = [&](Transaction& transaction) { transaction.note({now, clock_.now()}, now - longest_); };
  if (is_to_note && !write(note)) return false;
  if (is_to_note) noted_ = now;
  for (bool shrinks = true; shrinks && !is_stopping();) {
    if (!write([&](Transaction& transaction) { shrinks = transaction.shrink(); })) return false;
  }
  return true;
}

bool Retention::set_clock() {
  if (age_) return true;
  auto reader = log_.read();
  if (!reader) return false;
  const auto last = (*reader)->last_note();
  if ((*reader)->error()) return false;
  age_.emplace(clock_, started_, last);
  return true;
}

bool Retention::begin(Round& round) {
  auto reader = log_.read();
  if (!reader) return false;
  const auto time = age_->now();
  round.head = (*reader)->head().sequence;
  round.events[channels] = (*reader)->written_by(time - limits_.channels);
  round.events[updates] = (*reader)->written_by(time - limits_.updates);
  round.events[messages] = (*reader)->written_by(time - limits_.messages);
  round.deletions = (*reader)->written_by(time - limits_.deletions);
  round.tasks = (*reader)->written_by(time - limits_.tasks);
  for (std::size_t i = 0; i < kClasses; ++i) round.events[i] = std::max(round.events[i], squeezed_[i]);
  return !(*reader)->error();
}

Keep Retention::keep_of(const std::string& topic, const Round& round) const {
  const auto parsed = parse_topic(topic);
  const auto kind = parsed ? parsed->kind : TopicKind::channels;
  const auto of = kind == TopicKind::tasks ? updates : kind == TopicKind::messages ? messages : channels;
  return {.events_after = round.events[of],
          .deletions_after = round.deletions,
          .tasks_after = round.tasks,
          .events = limits_.per_topic,
          .tasks = limits_.tasks_per_user,
          .seen_head = seen_head_,
          .seen_after = seen_events_[of]};
}

bool Retention::look(Round& round) {
  auto reader = log_.read();
  if (!reader) return false;
  round.found.clear();
  const auto topics = (*reader)->topics(round.through, kTopicsPerLook);
  for (const auto& topic : topics) {
    auto surplus = (*reader)->surplus(topic, keep_of(topic, round), kTasksPerLook);
    if ((*reader)->error()) {
      goes_on_behind_ = topic;  // next time, so that the others have their turn
      return false;
    }
    const bool is_any =
        surplus.events_through > 0 || surplus.deletions_through > 0 || !surplus.tasks.empty() || surplus.is_empty;
    if (is_any) round.found.push_back(std::move(surplus));
  }
  round.is_last = topics.size() < kTopicsPerLook;
  if (!topics.empty()) round.through = topics.back();
  return !(*reader)->error();
}

bool Retention::forget(Round& round) {
  const auto& found = round.found;
  Progress progress;
  while (progress.topics < found.size()) {
    if (is_stopping()) return false;
    Progress next;
    if (!write([&](Transaction& transaction) { next = forget_some(transaction, found, progress); })) return false;
    progress = next;
  }
  // Of tasks that are deleted now no event has to stay, and others may have found no place.
  round.has_more = round.has_more || progress.done.tasks > 0;
  const std::lock_guard lock(mutex_);
  figures_.events += progress.done.events;
  figures_.tasks += progress.done.tasks;
  figures_.topics += progress.done.topics;
  return true;
}

/// One batch: of as many topics as fit.
Retention::Progress Retention::forget_some(Transaction& transaction, const std::vector<Surplus>& found,
                                           Progress progress) {
  std::size_t room = kEventsPerBatch;
  while (progress.topics < found.size()) {
    const auto& surplus = found[progress.topics];
    for (; progress.tasks < surplus.tasks.size(); ++progress.tasks) {
      if (room < kEventsPerTask) return progress;
      const auto& [task_id, last] = surplus.tasks[progress.tasks];
      const auto task = transaction.task(task_id);
      // It may run again by now.
      if (!task || !has_ended(task->state()) || parse_cursor(task->cursor())->sequence != last) continue;
      (void)transaction.delete_task(*task);
      room -= kEventsPerTask;
      ++progress.done.tasks;
    }
    const auto trimmed = transaction.trim(surplus.topic, surplus.events_through, surplus.deletions_through, room);
    progress.done.events += trimmed;
    room -= trimmed;
    if (room == 0) return progress;
    if (transaction.forget_topic(surplus.topic)) ++progress.done.topics;
    ++progress.topics;
    progress.tasks = 0;
    --room;
  }
  return progress;
}

bool Retention::is_too_large() {
  auto reader = log_.read();
  if (!reader) return false;
  const auto head = (*reader)->head().sequence;
  const auto first = (*reader)->first();
  const auto bytes = (*reader)->bytes();
  if ((*reader)->error()) return false;
  if (bytes <= limits_.bytes) {
    squeezes_ = 0;
    is_full_told_ = false;
    return false;
  }
  for (std::size_t i = 0; i < squeezes_; ++i) squeezed_[i] = head;
  if (squeezes_ == kClasses) {
    if (!std::exchange(is_full_told_, true))
      spdlog::warn("the log takes {} MiB, more than --retain-bytes, though only what must be kept is left",
                   bytes >> 20);
    return false;
  }
  auto& place = squeezed_[squeezes_];
  place = std::min(head, std::max(place, first) + std::max<Sequence>(1, (head - first) / kSqueezes));
  if (place == head) ++squeezes_;
  return true;
}

bool Retention::write(std::function<void(Transaction&)> write) {
  std::promise<bool> promise;
  auto outcome = promise.get_future();
  SteadyTime began;
  log_.write<void>(
      EventLog::Writer::engine, 0,
      [&](Transaction& transaction) -> Result<void> {
        began = clock_.steady();
        write(transaction);
        return {};
      },
      [&](const Result<void>& done) { promise.set_value(done.has_value()); });
  const bool is_done = outcome.get();
  const std::lock_guard lock(mutex_);
  ++figures_.batches;
  if (is_done)
    figures_.longest_batch = std::max<std::chrono::nanoseconds>(figures_.longest_batch, clock_.steady() - began);
  return is_done;
}

bool Retention::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return is_stopping_;
}

Retention::Figures Retention::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

}  // namespace taskwire::engine
