#include "log/event_log.h"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace taskwire::engine {

Result<std::unique_ptr<EventLog>> EventLog::open(Store& store, Limits limits) {
  std::unique_ptr<EventLog> log(new EventLog(store, limits));
  if (auto filled = log->fill_tail(); !filled) return tl::make_unexpected(filled.error());
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

void EventLog::submit(Writer writer, Write write) {
  Error error;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) {
      error = {Reason::shutting_down, "the engine is stopping; try again when it is back"};
    } else if (writer == Writer::caller &&
               (waiting_.size() >= limits_.waiting_writes || waiting_bytes_ + write.bytes > limits_.waiting_bytes)) {
      error = {Reason::too_many_appends, "too many writes wait already; try again in a moment"};
    } else {
      waiting_bytes_ += write.bytes;
      waiting_.push_back(std::move(write));
      if (waiting_.size() == 1) changed_.notify_one();
      return;
    }
  }
  write.done(&error);
}

bool EventLog::commit_waiting() {
  std::vector<Write> group;
  {
    const std::lock_guard lock(mutex_);
    group.swap(waiting_);
    waiting_bytes_ = 0;
  }
  if (group.empty()) return false;
  auto committed = store_.commit([&](Transaction& transaction) {
    for (const auto& write : group) write.apply(transaction);
  });
  note(committed);
  if (committed) {
    tail_.append(*committed);
    for (const auto& write : group) write.done(nullptr);
    if (!committed->empty()) tail_.wake();
  } else {
    recover();
    for (const auto& write : group) write.done(&committed.error());
  }
  return true;
}

void EventLog::note(const Result<Events>& committed) {
  if (committed.has_value() == takes_writes_) return;
  takes_writes_ = committed.has_value();
  // Once for all that fail in a row: who writes may try often.
  if (committed) {
    spdlog::info("the store takes writes again");
  } else {
    spdlog::error("commit failed: {}", committed.error().message);
  }
  if (tell_) tell_(takes_writes_);
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

Result<void> EventLog::fill_tail() {
  auto reader = store_.read();
  if (!reader) return tl::make_unexpected(reader.error());
  auto& store = **reader;
  const auto head = store.head().sequence;
  // A tail that had a hole where something was trimmed would not be everything after its base.
  const auto base = std::max(store.floors("").trimmed, store.back(limits_.tail.events));
  tail_.restart(base);
  store.rows({{.topic = "", .pick = Pick::all, .after = base}}, head, [&](Sequence, v1::Event&& event) {
    tail_.append({std::make_shared<const v1::Event>(std::move(event))});
    return true;
  });
  tail_.advance(head);
  if (const auto error = store.error()) return tl::make_unexpected(*error);
  return {};
}

void EventLog::recover() {
  if (!store_.reopen()) return;  // the next commit says so
  auto reader = store_.read();
  if (!reader || (*reader)->head().sequence == tail_.head()) return;
  // The commit had taken place after all: readers of the tail begin anew behind it.
  if (auto filled = fill_tail(); !filled) spdlog::error("{}", filled.error().message);
  tail_.wake();
}

}  // namespace taskwire::engine
