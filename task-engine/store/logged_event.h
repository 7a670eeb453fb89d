#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "resume/cursor.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::engine {

struct PlainEvent;

/// An event that is about to be appended: all of it but its place and its time.
struct NewEvent {
  NewEvent() = default;
  /// Leaves out what an append fills in: cursor and time, and those of its task.
  NewEvent(v1::Event event);

  std::string topic;
  std::string key;  ///< Its task; empty: none.
  bool is_deletion = false;
  std::string bytes;  ///< A v1::Event on the wire, without its task.
  std::string task;   ///< A v1::Task on the wire; empty: none.
};

/// An event of the log, as everybody sees it: written down once, when it was appended or read from the store, and sent
/// as it is from there on. Never changed.
struct LoggedEvent {
  Sequence sequence = 0;
  std::string topic;
  std::string key;  ///< Its task; empty: none.
  bool is_deletion = false;
  std::string bytes;  ///< A v1::Event on the wire, with cursor and time.

  [[nodiscard]] v1::Event parse() const;
};

using EventPtr = std::shared_ptr<const LoggedEvent>;
using Events = std::vector<EventPtr>;

/// The key of an event: its task, or nothing.
[[nodiscard]] std::string_view key_of(const v1::Event& event);

// Stores keep events with their time and without cursors: its sequence is the row's, its epoch the log's. A task's
// state was written when its event was. Each field is on the wire once: not every reader merges those that come twice.

/// Adds the time, a google.protobuf.Timestamp on the wire.
void set_time(NewEvent& event, std::string_view time);
/// All of an event with a task, as stores keep it once it has its time.
[[nodiscard]] std::string with_task(const NewEvent& event);
/// An event that has its time, as everybody sees it.
[[nodiscard]] LoggedEvent place(NewEvent event, const Cursor& cursor, std::string_view time);
/// The same of one that a store kept: `stored` is what it kept, and `event` what that says.
[[nodiscard]] LoggedEvent place(std::string_view stored, const PlainEvent& event, const Cursor& cursor);
/// Fills in the cursors.
void place(v1::Event& event, const Cursor& cursor);

}  // namespace taskwire::engine
