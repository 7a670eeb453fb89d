#include "log/event_log.h"

#include <algorithm>
#include <chrono>
#include <spdlog/spdlog.h>
#include <system_error>

namespace taskwire::engine {
namespace {

constexpr std::chrono::minutes kTellAgain{1};

}  // namespace

Result<std::unique_ptr<EventLog>> EventLog::open(Store& store, Limits limits) {
  std::unique_ptr<EventLog> log(new EventLog(store, limits));
  auto reader = store.read();
  if (!reader) return tl::make_unexpected(reader.error());
  if (auto filled = log->fill_tail(**reader); !filled) return tl::make_unexpected(filled.error());
  return log;
}

EventLog::~EventLog() {
  stop();
}

void EventLog::start() {
  thread_ = std::thread([this] { work(); });
}

void EventLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void EventLog::submit(Write write) {
  Error error;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) {
      error = {Reason::shutting_down, "the engine is stopping; try again when it is back"};
    } else if (write.writer != Writer::engine &&
               (waiting_.size() >= limits_.waiting_writes || waiting_bytes_ + write.bytes > limits_.waiting_bytes)) {
      metrics_.refused.add();
      error = {Reason::too_many_appends, "too many writes wait already; try again in a moment"};
    } else {
      waiting_bytes_ += write.bytes;
      write.since = std::chrono::steady_clock::now();
      waiting_.push_back(std::move(write));
      if (waiting_.size() == 1) changed_.notify_one();
      return;
    }
  }
  write.done(&error);
}

EventLog::Waiting EventLog::waiting() {
  const std::lock_guard lock(mutex_);
  return {waiting_.size(), waiting_bytes_};
}

bool EventLog::commit_waiting() {
  std::vector<Write> group;
  {
    const std::lock_guard lock(mutex_);
    group.swap(waiting_);
    waiting_bytes_ = 0;
  }
  if (group.empty()) return false;
  const auto began = std::chrono::steady_clock::now();
  auto committed = store_.commit([&](Transaction& transaction) {
    for (auto& write : group) {
      write.apply(transaction);
      write.failure = transaction.settle();
    }
  });
  note(committed);
  if (committed) {
    const auto ended = std::chrono::steady_clock::now();
    tail_.append(committed->after, committed->events);
    tail_.wake();
    count(group, *committed, began, ended);
    for (const auto& write : group) {
      if (write.failure) tell_damage(*write.failure);
    }
    answer_all(std::move(group));
  } else {
    recover();
    for (const auto& write : group) write.done(&committed.error());
  }
  return true;
}

void EventLog::answer_all(std::vector<Write> group) {
  const auto publishes = [](const Write& write) { return write.writer == Writer::publisher; };
  const bool goes_elsewhere =
      answers_ != nullptr && std::all_of(group.begin(), group.end(), publishes) && has_waiting();
  if (!goes_elsewhere) return answer(group);
  for (auto& write : group) write.apply = nullptr;  // with all that it holds
  const auto shared = std::make_shared<const std::vector<Write>>(std::move(group));
  try {
    answers_->post([shared] { answer(*shared); });
  } catch (const std::system_error&) {  // the machine has no thread for it
    answer(*shared);
  }
}

void EventLog::answer(const std::vector<Write>& group) {
  for (const auto& write : group) write.done(write.failure ? &*write.failure : nullptr);
}

void EventLog::note(const Result<Committed>& committed) {
  // Who writes may try often, and one thing may fail again and again between others that do not.
  if (!committed) {
    metrics_.failed.add();
    ++failed_commits_;
    const auto now = std::chrono::steady_clock::now();
    if (committed.error().message != told_failure_ || now - told_at_ >= kTellAgain) {
      spdlog::error("commit failed ({} in a row): {}", failed_commits_, committed.error().message);
      told_failure_ = committed.error().message;
      told_at_ = now;
      is_told_ = true;
    }
  } else {
    failed_commits_ = 0;
    if (std::exchange(is_told_, false)) spdlog::info("the store takes writes again");
  }
  if (committed.has_value() == takes_writes_) return;
  takes_writes_ = committed.has_value();
  if (tell_) tell_(takes_writes_);
}

void EventLog::count(const std::vector<Write>& group, const Committed& committed, SteadyTime began, SteadyTime ended) {
  metrics_.duration.observe(ended - began);
  for (const auto& write : group) {
    if (!write.failure) metrics_.latency.observe(ended - write.since);
  }
  metrics_.writes.observe(group.size());
  metrics_.events_of_one.observe(committed.events.size());
  metrics_.events.add(committed.events.size());
}

void EventLog::tell_damage(const Error& error) {
  const auto now = std::chrono::steady_clock::now();
  if (now - damage_told_at_ < kTellAgain) return;
  damage_told_at_ = now;
  spdlog::error("a write failed, and no other: {}", error.message);
}

void EventLog::work() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return is_stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
    }
    commit_waiting();
  }
}

Result<std::unique_ptr<ReadTransaction>> EventLog::read() {
  auto reader = store_.read();
  if (reader) {
    const auto head = (*reader)->head().sequence;
    auto known = read_head_.load();
    while (known < head && !read_head_.compare_exchange_weak(known, head)) {
    }
  }
  if (!tell_read_) return reader;
  if (!reader) {
    tell_read_(&reader.error());
    return reader;
  }
  return std::make_unique<ObservedRead>(std::move(*reader), tell_read_);
}

Result<void> EventLog::fill_tail(ReadTransaction& store) {
  const auto head = store.head().sequence;
  // A tail that had a hole where something was trimmed would not be everything after its base.
  const auto base = std::max(store.floors("").trimmed, store.back(limits_.tail.events));
  if (const auto error = store.error()) return tl::make_unexpected(*error);
  tail_.refill(base);
  store.rows({{.topic = "", .pick = Pick::all, .after = base}}, head, [&](const EventPtr& event) {
    tail_.add(event);
    return true;
  });
  if (const auto error = store.error()) return tl::make_unexpected(*error);
  tail_.filled(head);
  return {};
}

Result<void> EventLog::catch_up(ReadTransaction& store) {
  const auto head = store.head().sequence;
  const auto after = tail_.head();
  if (!tail_.covers(after) || head < after || store.floors("").trimmed > after) return fill_tail(store);
  Events events;
  store.rows({{.topic = "", .pick = Pick::all, .after = after}}, head, [&](const EventPtr& event) {
    events.push_back(event);
    return true;
  });
  if (const auto error = store.error()) return tl::make_unexpected(*error);
  tail_.append(after, events);
  return {};
}

void EventLog::recover() {
  // Where it fails the tail stays what it was, and the next commit says whether something lies in between.
  if (!store_.reopen()) return;
  auto reader = read();
  if (!reader) return;
  // A commit of unknown outcome may have taken place after all.
  if (auto caught_up = catch_up(**reader); !caught_up)
    spdlog::error("what the last commit wrote cannot be read: {}", caught_up.error().message);
  tail_.wake();
}

}  // namespace taskwire::engine
