#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/support/failing_store.h"
#include "engine/support/manual_clock.h"
#include "engine/support/temp_dir.h"
#include "log/event_log.h"
#include "log/reading.h"
#include "log/watch_message.h"
#include "store/sqlite_store.h"

namespace taskwire::engine {

/// A log on disk whose writes are committed at once, on the calling thread; its store fails when told to. Not
/// thread-safe.
struct TestLog {
  explicit TestLog(EventLog::Limits limits = {}) : limits_(limits) { open(); }

  void open() {
    store = *SqliteStore::open({.data_dir = dir.path()}, clock);
    failing = std::make_unique<FailingStore>(*store);
    log = *EventLog::open(*failing, limits_);
  }
  /// What a kill and a start of the engine do.
  void restart() {
    log.reset();
    failing.reset();
    store.reset();
    open();
  }

  template <class Function>
  void commit(Function function) {
    log->write<bool>(
        EventLog::Writer::engine, 0,
        [&](Transaction& transaction) -> Result<bool> {
          function(transaction);
          return true;
        },
        [](const Result<bool>&) {});
    log->commit_waiting();
  }

  Sequence publish(const std::string& topic, const std::string& data = "x") {
    Cursor cursor;
    commit([&](Transaction& transaction) {
      v1::Event event;
      event.set_topic(topic);
      event.set_data(data);
      cursor = transaction.append(std::move(event));
    });
    return cursor.sequence;
  }

  /// Writes a task's next event.
  Sequence update(const std::string& user, const std::string& task_id, v1::TaskState state = v1::TASK_STATE_RUNNING) {
    v1::Task task;
    task.set_task_id(task_id);
    task.set_user_id(user);
    task.set_state(state);
    commit([&](Transaction& transaction) { transaction.put_task(task); });
    return parse_cursor(task.cursor())->sequence;
  }

  Sequence remove(const std::string& user, const std::string& task_id) {
    Cursor cursor;
    v1::Task task;
    task.set_task_id(task_id);
    task.set_user_id(user);
    commit([&](Transaction& transaction) { cursor = transaction.delete_task(task); });
    return cursor.sequence;
  }

  void trim(const std::string& topic, Sequence through) {
    commit([&](Transaction& transaction) { transaction.trim(topic, through, through, SIZE_MAX); });
  }

  [[nodiscard]] std::string cursor(Sequence sequence) const { return to_string(Cursor{store->epoch(), sequence}); }

  TempDir dir;
  ManualClock clock;
  std::unique_ptr<SqliteStore> store;
  std::unique_ptr<FailingStore> failing;
  std::unique_ptr<EventLog> log;

 private:
  EventLog::Limits limits_;
};

/// A message of a Watch, as its reader gets it.
inline v1::WatchResponse parsed(const WatchMessage& message) {
  v1::WatchResponse response;
  EXPECT_TRUE(response.ParseFromString(message.bytes));
  return response;
}

/// An answer of ReadEvents, as its reader gets it.
inline v1::ReadEventsResponse parsed(const ReadEventsAnswer& answer) {
  v1::ReadEventsResponse response;
  EXPECT_TRUE(response.ParseFromString(answer.bytes()));
  return response;
}

/// The sequences of events, in their order.
template <class Events>
std::vector<Sequence> sequences_of(const Events& events) {
  std::vector<Sequence> sequences;
  for (const auto& event : events) {
    if constexpr (requires { event->sequence; }) {
      sequences.push_back(event->sequence);
    } else {
      sequences.push_back(parse_cursor(event.cursor())->sequence);
    }
  }
  return sequences;
}

}  // namespace taskwire::engine
