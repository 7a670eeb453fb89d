#pragma once

#include <optional>
#include <string>
#include <variant>

#include "view/clock.h"
#include "view/task.h"

namespace taskwire::view {

/// An event as the browser hands it over.
struct StreamEvent {
  std::string type;
  std::string last_event_id;  ///< Of the stream so far, so it stays when an event has no id of its own. May be empty.
  std::string data;
};

/// What was known counts no longer; the state follows.
struct Reset {
  std::string reason;
};

/// The state has been sent.
struct Synced {};

/// Superseded events were left out.
struct Skipped {};

/// Nothing happened.
struct Heartbeat {
  std::optional<Time> at;
  std::optional<Millis> interval;
};

/// How the stream's server stands with the engine, told where it changes and to new streams.
struct Upstream {
  enum class State {
    up,
    down,     ///< The engine cannot be reached.
    failing,  ///< It is there, and cannot read what the stream needs.
  };
  State state = State::up;
  std::optional<Time> since;
  std::string reason;  ///< With `failing`; marked. May be empty.
};

/// An event of a type that is not known, or one that is malformed.
struct Other {};

using Message = std::variant<Other, Task, TaskDeleted, Reset, Synced, Skipped, Heartbeat, Upstream>;

[[nodiscard]] Message decode_message(const StreamEvent& event);

/// What the data of a `heartbeat` says; nothing of what it does not say.
[[nodiscard]] Heartbeat decode_heartbeat(const std::string& data);

/// What the data of an `upstream` says; nothing where its state is none that is known.
[[nodiscard]] std::optional<Upstream> decode_upstream(const std::string& data);

/// Which event it is: a task's event names itself, since within the state it comes without an id of the stream.
[[nodiscard]] std::string id_of(const Message& message, const StreamEvent& event);

/// What it says, in one line for the event log.
[[nodiscard]] std::string summary_of(const Message& message, const StreamEvent& event);

}  // namespace taskwire::view
