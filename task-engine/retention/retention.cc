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
constexpr std::size_t kEventsPerBatch = 256;
constexpr std::size_t kTasksPerBatch = 32;
constexpr int kRoundsPerAge = 64;
constexpr Sequence kSteps = 32;  // in which a class is forgotten for its size
constexpr std::chrono::milliseconds kLeastPause{50};
constexpr std::chrono::milliseconds kMostPause{60'000};

}  // namespace

Retention::Retention(EventLog& log, const Clock& clock, Limits limits)
    : log_(log),
      clock_(clock),
      limits_(limits),
      longest_(std::max({limits.tasks, limits.messages, limits.channels, limits.updates, limits.deletions})),
      started_at_(clock.now()),
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
  const auto shortest =
      std::min({limits_.tasks, limits_.messages, limits_.channels, limits_.updates, limits_.deletions});
  const auto pause = std::clamp(shortest / kRoundsPerAge, kLeastPause, kMostPause);
  for (;;) {
    const bool goes_on = go_round();
    std::unique_lock lock(mutex_);
    if (!goes_on) changed_.wait_for(lock, pause, [this] { return is_stopping_; });
    if (is_stopping_) return;
  }
}

bool Retention::go_round() {
  Round round;
  if (!begin(round)) return false;
  do {
    if (!look(round)) return false;
    for (const auto& surplus : round.found) {
      if (!forget(surplus, round)) return false;
    }
  } while (!round.is_last);
  seen_events_ = round.events;
  seen_head_ = round.head;
  const auto time = now();
  const auto note = [&](Transaction& transaction) {
    transaction.note_time(time, time - longest_);
    return std::size_t{0};
  };
  if (!write(note)) return false;
  for (;;) {
    const auto shrunk = write([](Transaction& transaction) { return std::size_t{transaction.shrink()}; });
    if (!shrunk || is_stopping()) return false;
    if (*shrunk == 0) return is_too_large();
  }
}

bool Retention::begin(Round& round) {
  auto reader = log_.read();
  if (!reader) return false;
  const auto time = now();
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
    auto surplus = (*reader)->surplus(topic, keep_of(topic, round), kTasksPerBatch);
    const bool is_any =
        surplus.events_through > 0 || surplus.deletions_through > 0 || !surplus.tasks.empty() || surplus.is_empty;
    if (is_any) round.found.push_back(std::move(surplus));
  }
  round.is_last = topics.size() < kTopicsPerLook;
  if (!topics.empty()) round.through = topics.back();
  return !(*reader)->error();
}

bool Retention::forget(Surplus surplus, const Round& round) {
  std::uint64_t tasks = 0;
  while (!surplus.tasks.empty()) {
    const auto deleted = write([&](Transaction& transaction) {
      std::size_t count = 0;
      for (const auto& [task_id, last] : surplus.tasks) {
        const auto task = transaction.task(task_id);
        // It may run again by now.
        if (!task || !has_ended(task->state()) || parse_cursor(task->cursor())->sequence != last) continue;
        (void)transaction.delete_task(*task);
        ++count;
      }
      return count;
    });
    if (!deleted || is_stopping()) return false;
    tasks += *deleted;
    auto reader = log_.read();
    if (!reader) return false;
    surplus = (*reader)->surplus(surplus.topic, keep_of(surplus.topic, round), kTasksPerBatch);
    if ((*reader)->error()) return false;
  }
  std::uint64_t events = 0;
  bool is_forgotten = false;
  const bool is_any = surplus.events_through > 0 || surplus.deletions_through > 0 || surplus.is_empty;
  for (auto last = kEventsPerBatch; is_any && last == kEventsPerBatch;) {
    const auto trimmed = write([&](Transaction& transaction) {
      const auto count =
          transaction.trim(surplus.topic, surplus.events_through, surplus.deletions_through, kEventsPerBatch);
      if (count < kEventsPerBatch) is_forgotten = transaction.forget_topic(surplus.topic);
      return count;
    });
    if (!trimmed || is_stopping()) return false;
    events += last = *trimmed;
  }
  const std::lock_guard lock(mutex_);
  figures_.tasks += tasks;
  figures_.events += events;
  figures_.topics += is_forgotten ? 1 : 0;
  return true;
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
  place = std::min(head, std::max(place, first) + std::max<Sequence>(1, (head - first) / kSteps));
  if (place == head) ++squeezes_;
  return true;
}

std::optional<std::size_t> Retention::write(const std::function<std::size_t(Transaction&)>& write) {
  std::promise<std::optional<std::size_t>> promise;
  auto answer = promise.get_future();
  std::chrono::nanoseconds took{0};
  log_.write<std::size_t>(
      EventLog::Writer::engine, 0,
      [&](Transaction& transaction) -> Result<std::size_t> {
        const auto begin = clock_.steady();
        const auto done = write(transaction);
        took = clock_.steady() - begin;
        return done;
      },
      [&](const Result<std::size_t>& done) { promise.set_value(done ? std::optional(*done) : std::nullopt); });
  auto done = answer.get();
  const std::lock_guard lock(mutex_);
  ++figures_.batches;
  figures_.longest_batch = std::max(figures_.longest_batch, took);
  return done;
}

SystemTime Retention::now() const {
  return started_at_ + std::chrono::duration_cast<SystemTime::duration>(clock_.steady() - started_);
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
