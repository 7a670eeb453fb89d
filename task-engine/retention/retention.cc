#include "retention/retention.h"

#include <algorithm>
#include <future>
#include <spdlog/spdlog.h>
#include <utility>

#include "resume/topic.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kTopicsPerLook = 256;
constexpr std::size_t kMostPerLook = 1024;  // tasks, and superseded events, of a topic
constexpr std::size_t kMostFailures = 16;   // of a round; then it is not the topics
constexpr std::size_t kAnswersPerBatch = 256;
constexpr std::size_t kTasksWithOutput = 64;  // looked for at once
constexpr int kRoundsPerAge = 64;
constexpr int kMostNotes = 1'000'000;
constexpr int kPutOff = 10;  // pauses
constexpr std::chrono::milliseconds kLeastPause{50};
constexpr std::chrono::milliseconds kMostPause{60'000};
constexpr std::chrono::milliseconds kWatch{1000};  // between two looks at the clocks
constexpr std::chrono::milliseconds kJump{500};
constexpr std::chrono::milliseconds kLongBatch{100};
constexpr std::chrono::minutes kWarnAgain{1};

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
      started_(clock.steady()),
      squeeze_(limits.bytes),
      put_off_(clock, kPutOff * pause_) {}

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
  if (!thread_.joinable()) return;
  thread_.join();
  const auto done = figures();
  if (done.events + done.tasks == 0) return;
  spdlog::info("forgot {} events and {} tasks in {} batches; the longest held writers up for {:.1f} ms", done.events,
               done.tasks, done.batches, std::chrono::duration<double, std::milli>(done.longest_batch).count());
}

void Retention::work() {
  using std::chrono::steady_clock;
  for (;;) {
    const bool goes_on = go_round();
    const auto next = steady_clock::now() + (goes_on ? std::chrono::milliseconds(0) : pause_);
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        const auto rest = next - steady_clock::now();
        changed_.wait_for(lock, std::min<steady_clock::duration>(rest, kWatch), [this] { return is_stopping_; });
        if (is_stopping_) return;
      }
      if (steady_clock::now() >= next) break;
      note_jump();
      if (is_too_large()) break;  // what comes fast would fill the disk in one pause
    }
  }
}

bool Retention::is_too_large() {
  if (!went_well_) return false;
  auto reader = log_.read();
  if (!reader) return false;
  const bool is_output = has_output_to_forget_ && (*reader)->output_bytes() > limits_.output_bytes;
  return (is_output || squeeze_.is_due(**reader)) && !(*reader)->error();
}

bool Retention::go_round() {
  went_well_ = false;
  if (!set_clock()) return false;
  Round round;
  const bool is_through = go_through(round);
  {
    const std::lock_guard lock(mutex_);
    figures_.looks += round.looks;
  }
  // Whatever kept it from its end, time is noted, and what is too much goes.
  if (!finish()) return false;
  auto reader = log_.read();
  if (!reader) return false;
  const bool is_too_large = squeeze_.go_on(**reader);
  if ((*reader)->error()) return false;
  went_well_ = is_through;
  if (is_through) {
    const std::lock_guard lock(mutex_);
    ++figures_.rounds;
  }
  return is_through && (is_too_large || round.has_more);
}

bool Retention::go_through(Round& round) {
  if (!begin(round)) return false;
  do {
    if (is_stopping() || !look(round) || !forget(round)) return false;
    note_jump();
  } while (!round.is_last);
  seen_ = round.through;
  seen_deletions_ = round.deletions;
  seen_head_ = round.head;
  return true;
}

bool Retention::finish() {
  const bool is_to_note = !noted_ || age_->now() - noted_->age >= longest_ / kMostNotes;
  if (is_to_note && !note()) return false;
  for (bool goes_on = true; goes_on && !is_stopping();) {
    const auto forget_answers = [&](Transaction& transaction) {
      const bool are_more = transaction.forget_answers(kAnswersPerBatch) == kAnswersPerBatch;
      goes_on = transaction.shrink() || are_more;
    };
    if (!write(forget_answers)) return false;
  }
  return forget_output();
}

bool Retention::forget_output() {
  has_output_to_forget_ = true;
  std::vector<EndedTask> tasks;
  for (std::size_t next = 0; !is_stopping(); ++next) {
    {
      auto reader = log_.read();
      if (!reader) return false;
      if ((*reader)->output_bytes() <= limits_.output_bytes) return !(*reader)->error();
      if (next == tasks.size()) {
        tasks = (*reader)->ended_with_output(kTasksWithOutput);
        next = 0;
      }
      if ((*reader)->error()) return false;
    }
    if (tasks.empty()) {
      has_output_to_forget_ = false;  // all of it is of tasks that go on
      return true;
    }
    const auto forget = [](const EndedTask& task, Transaction& transaction) {
      if (transaction.has_ended(task)) transaction.forget_output(task.task_id);
    };
    if (!write([&](Transaction& transaction) { forget(tasks[next], transaction); })) return false;
  }
  return true;
}

/// The time is read when it is written: all that is committed before was written by then.
bool Retention::note() {
  Note note;
  const auto write_note = [&](Transaction& transaction) {
    note = {age_->now(), clock_.now()};
    transaction.note(note, note.age - longest_);
  };
  if (!write(write_note)) return false;
  noted_ = note;
  return true;
}

void Retention::note_jump() {
  if (!noted_) return;
  const auto by = (clock_.now() - noted_->wall) - (age_->now() - noted_->age);
  if (std::chrono::abs(by) >= kJump) (void)note();
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
  const auto set = [&](Kind kind, std::chrono::milliseconds limit) {
    const auto old = (*reader)->written_by(time - limit);
    round.through[static_cast<std::size_t>(kind)] = std::max(old, squeeze_.through(kind));
  };
  set(Kind::channels, limits_.channels);
  set(Kind::updates, limits_.updates);
  set(Kind::messages, limits_.messages);
  set(Kind::tasks, limits_.tasks);
  round.deletions = (*reader)->written_by(time - limits_.deletions);
  round.topics = topics_of(**reader, round);
  return !(*reader)->error();
}

/// Where nothing is new and nothing has grown old, there is nothing to find.
TopicList Retention::topics_of(ReadTransaction& reader, const Round& round) const {
  if (seen_head_ == 0) return {};
  std::vector<TopicList::Range> ranges{{seen_head_, round.head}, {seen_deletions_, round.deletions}};
  for (std::size_t i = 0; i < kKinds; ++i) ranges.push_back({seen_[i], round.through[i]});
  return {reader, ranges, put_off_.all()};
}

Keep Retention::keep_of(const std::string& topic, const Round& round) const {
  const auto parsed = parse_topic(topic);
  const auto kind = parsed ? parsed->kind : TopicKind::channels;
  const auto of = static_cast<std::size_t>(kind == TopicKind::tasks      ? Kind::updates
                                           : kind == TopicKind::messages ? Kind::messages
                                                                         : Kind::channels);
  const bool is_seen = !put_off_.knows(topic);  // nobody came to what was found there
  return {.events_after = round.through[of],
          .deletions_after = round.deletions,
          .tasks_after = round.through[static_cast<std::size_t>(Kind::tasks)],
          .events = limits_.per_topic,
          .tasks = limits_.tasks_per_user,
          .seen_head = is_seen ? seen_head_ : 0,
          .seen_after = is_seen ? seen_[of] : 0};
}

bool Retention::look(Round& round) {
  auto reader = log_.read();
  if (!reader) return false;
  round.found.clear();
  const auto topics = round.topics.next(**reader, round.through_topic, kTopicsPerLook);
  if ((*reader)->error()) return false;
  round.is_last = topics.size() < kTopicsPerLook;
  auto through = round.through_topic;
  for (const auto& topic : topics) {
    if (put_off_.is_now(topic)) {
      through = topic;
      continue;
    }
    ++round.looks;
    auto surplus = (*reader)->surplus(topic, keep_of(topic, round), kMostPerLook);
    if ((*reader)->error()) {
      // What was found before does not count either. The next look passes over it.
      if (++round.failures > kMostFailures) return false;
      round.found.clear();
      round.is_last = false;
      put_off_.add(topic);
      return true;
    }
    const bool is_any = surplus.events_through > 0 || !surplus.superseded.empty() || surplus.deletions_through > 0 ||
                        !surplus.tasks.empty() || surplus.is_empty;
    const bool is_cut = surplus.is_cut;
    if (is_any) {
      round.found.push_back(std::move(surplus));
    } else {
      put_off_.remove(topic);
    }
    if (is_cut) {
      round.is_last = false;  // it is looked at again
      break;
    }
    through = topic;
  }
  round.through_topic = through;
  return !(*reader)->error();
}

bool Retention::forget(Round& round) {
  const auto& found = round.found;
  Progress progress;
  bool is_careful = false;
  while (progress.topics < found.size()) {
    if (is_stopping()) return false;
    Progress next;
    const auto topic = found[progress.topics].topic;
    if (write([&](Transaction& transaction) {
          next = forget_batch(transaction, found, progress, is_careful ? 1 : found.size());
        })) {
      for (auto i = progress.topics; i < next.topics; ++i) put_off_.remove(found[i].topic);
      progress = next;
    } else if (!is_careful) {
      is_careful = true;  // one topic at a time, so that it is known which one it is
    } else {
      if (!note()) return false;  // it is not the topic
      put_off_.add(topic);
      ++progress.topics;
      progress.tasks = 0;
      progress.superseded = 0;
    }
  }
  // Of tasks that are deleted now no event has to stay, and others may have found no place.
  round.has_more = round.has_more || progress.done_tasks > 0;
  const std::lock_guard lock(mutex_);
  figures_.events += progress.done_events;
  figures_.tasks += progress.done_tasks;
  figures_.topics += progress.done_topics;
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
  if (is_done) measure(clock_.steady() - began);
  return is_done;
}

void Retention::measure(std::chrono::nanoseconds time) {
  {
    const std::lock_guard lock(mutex_);
    ++figures_.batches;
    figures_.longest_batch = std::max(figures_.longest_batch, time);
  }
  const auto now = clock_.steady();
  if (time < kLongBatch || now - warned_at_ < kWarnAgain) return;
  warned_at_ = now;
  spdlog::warn("to forget what is old held all writes up for {} ms",
               std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

}  // namespace taskwire::engine
