#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/projection.h"
#include "hub/sse.h"
#include "resume/cursor.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::edge {

using FramePtr = std::shared_ptr<const Frame>;

/// An event of the log, made ready once for all who get it. Immutable, so thread-safe.
struct Event {
  Sequence sequence = 0;
  std::string topic;
  std::string type;        ///< As a browser takes it: `message` for one without.
  std::string key;         ///< Its task, for events of task topics; else empty.
  bool deletion = false;   ///< Its task was deleted.
  bool ends_task = false;  ///< Its task has ended or was deleted.
  Frame whole;
  std::vector<Frame> projections;              ///< In the other forms, in order; empty where it has none.
  std::chrono::system_clock::time_point time;  ///< When it was written, by the engine's clock.

  /// The frame in that projection; an event without projections has the one.
  [[nodiscard]] const Frame& frame(Projection projection = Projection::whole) const {
    return projection == Projection::whole || projections.empty()
               ? whole
               : projections[static_cast<std::size_t>(projection) - 1];
  }
  [[nodiscard]] std::size_t frames() const { return 1 + projections.size(); }
  /// About how much memory it takes.
  [[nodiscard]] std::size_t size() const;
};
using EventPtr = std::shared_ptr<const Event>;

/// The frame of `event` as a part of its owner, without another allocation.
[[nodiscard]] inline FramePtr frame_of(const EventPtr& event, Projection projection = Projection::whole) {
  return {event, &event->frame(projection)};
}

/// As `reset` tells it: `start`.
[[nodiscard]] std::string_view reason_name(v1::ResetReason reason);

enum class WithId { yes, no };

/// The event with its frames; without the `id` line in the state phase. Nothing where the engine sent what no engine
/// sends.
[[nodiscard]] EventPtr make_event(const v1::Event& event, WithId with_id);

/// A page of the log or of the state, as the engine answered it. Immutable, so thread-safe.
struct Page {
  std::vector<EventPtr> events;
  Cursor through;
  std::optional<Cursor> until;  ///< Of the state only.
  Cursor head;
  bool skipped = false;
  std::optional<v1::ResetReason> reset;  ///< The cursor was refused; only `head` counts beside it.
};
using PagePtr = std::shared_ptr<const Page>;

/// The page that `response` answers to a request with that `state`. Nothing where the engine sent what no engine sends.
[[nodiscard]] PagePtr make_page(const v1::ReadEventsResponse& response, bool state);

/// Blocks that carry no event of the log.
[[nodiscard]] FramePtr id_frame(const Cursor& cursor);
/// `client_cursor` is empty for a client that came without one.
[[nodiscard]] FramePtr reset_frame(v1::ResetReason reason, const std::string& client_cursor);
[[nodiscard]] FramePtr synced_frame(const Cursor& cursor);
[[nodiscard]] FramePtr skipped_frame(const Cursor& from, const Cursor& to);
/// `id`: up to where the stream is complete, if it is.
[[nodiscard]] FramePtr heartbeat_frame(const std::optional<Cursor>& id, const std::string& timestamp,
                                       std::int64_t interval_ms);
/// The heartbeat of a stream of messages to one person.
[[nodiscard]] FramePtr person_heartbeat_frame(const std::optional<Cursor>& id);

}  // namespace taskwire::edge
