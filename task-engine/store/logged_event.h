#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "resume/cursor.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::engine {

struct PlainEvent;

/// An event that is about to be appended: all of it but its place and its time. What it views is copied by the append.
struct NewEvent {
  std::string_view topic;
  std::string_view key;  ///< Its task; empty: none.
  bool is_deletion = false;
  std::string_view bytes;  ///< A v1::Event on the wire, without its task.
  std::string_view task;   ///< A v1::Task on the wire; empty: none.
};

/// What a NewEvent views.
struct EventDraft {
  EventDraft() = default;
  /// Leaves out what an append fills in: cursor and time, and those of its task.
  EventDraft(v1::Event event);

  std::string topic, key;
  bool is_deletion = false;
  std::string bytes, task;

  [[nodiscard]] NewEvent event() const { return {topic, key, is_deletion, bytes, task}; }
};

/// An event of the log, as everybody sees it: written down once, when it was appended or read from the store, and sent
/// as it is from there on. Never changed. Views memory that an EventPtr holds.
struct LoggedEvent {
  Sequence sequence = 0;
  std::string_view topic;
  std::string_view key;  ///< Its task; empty: none.
  bool is_deletion = false;
  std::string_view bytes;  ///< A v1::Event on the wire, with cursor and time.

  [[nodiscard]] v1::Event parse() const;
};

using EventPtr = std::shared_ptr<const LoggedEvent>;
using Events = std::vector<EventPtr>;

/// Copies events that come and go together, as those of a commit do, into memory that they share: a thousand of them
/// cost a few allocations. A block of it, of at most 64 KiB or one event, goes with the last of its events. Not
/// thread-safe; what it answers may go anywhere, and outlives it.
class EventKeeper {
 public:
  [[nodiscard]] EventPtr keep(const LoggedEvent& event);

 private:
  using Word = std::uint64_t;
  using Block = std::shared_ptr<Word[]>;

  /// Room for so many words, and the block that it lies in.
  std::pair<Block, Word*> take(std::size_t count);

  Block block_;
  std::size_t used_ = 0, size_ = 0;  // of the block, in words
  std::size_t kept_ = 0;             // in all blocks that are shared
};

/// The key of an event: its task, or nothing.
[[nodiscard]] std::string_view key_of(const v1::Event& event);

// Stores keep events with their time and without cursors: its sequence is the row's, its epoch the log's. A task's
// state was written when its event was. Each field is on the wire once: not every reader merges those that come twice.
// Times are google.protobuf.Timestamps on the wire. What is written takes the place of what `to` holds.

/// Writes an event as stores keep it.
void write_stored(const NewEvent& event, std::string_view time, std::string& to);
/// Writes an event as everybody sees it. One without a task begins with what stores keep of it, of that size.
void write_logged(const NewEvent& event, const Cursor& cursor, std::string_view time, std::string& to);
[[nodiscard]] std::size_t stored_size(const NewEvent& event, std::string_view time);
/// Writes one that a store kept: `stored` is what it kept, and `event` what that says.
void write_logged(std::string_view stored, const PlainEvent& event, const Cursor& cursor, std::string& to);
/// Fills in the cursors.
void place(v1::Event& event, const Cursor& cursor);

}  // namespace taskwire::engine
