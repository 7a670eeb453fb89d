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

/// How it stands between the edge and the engine: `up`, `down` or `failing`, which has a reason.
struct Upstream {
  std::string state, reason;
};

/// Nothing happened.
struct Heartbeat {
  std::optional<Time> at;
  std::optional<Millis> interval;
};

/// An event of a type that is not known, or one that is malformed.
struct Other {};

using Message = std::variant<Other, Task, TaskDeleted, Reset, Synced, Skipped, Upstream, Heartbeat>;

[[nodiscard]] Message decode_message(const StreamEvent& event);

/// What the data of a `heartbeat` says; nothing of what it does not say.
[[nodiscard]] Heartbeat decode_heartbeat(const std::string& data);

/// Which event it is: a task's event names itself, since within the state it comes without an id of the stream.
[[nodiscard]] std::string id_of(const Message& message, const StreamEvent& event);

/// What it says, in one line for the event log.
[[nodiscard]] std::string summary_of(const Message& message, const StreamEvent& event);

}  // namespace taskwire::view
