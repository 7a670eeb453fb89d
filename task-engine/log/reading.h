#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "log/hot_tail.h"
#include "log/topics.h"
#include "store/store.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::engine {

/// The resume rule over a store: what is owed to a reader that comes with a cursor. Pure functions of what `reader`
/// sees; if the store fails, their answers count for nothing, and `reader.error()` says so.

/// Why a reader of `topics` with this cursor has to begin anew, or nothing. A cursor is
///  - malformed, if it is none;
///  - of another epoch, if it belongs to another log;
///  - ahead, if it lies beyond the head;
///  - expired, if it lies below the highest trimmed event of a topic without keys, or the highest trimmed deletion of
///  one
///    with keys.
[[nodiscard]] std::optional<v1::ResetReason> refusal(ReadTransaction& reader, const Topics& topics,
                                                     std::string_view cursor);

/// The Reset that says so.
[[nodiscard]] v1::Reset reset_for(v1::ResetReason reason, std::string_view cursor);

/// A page of events in order of sequence.
struct EventPage {
  Events events;
  Sequence through = 0;  ///< The page is complete up to here.
  bool skipped = false;  ///< Superseded events were left out or are gone.
};

/// What ReadEvents answers.
struct ReadEventsAnswer {
  v1::ReadEventsResponse response;  ///< Without its events.
  Events events;

  /// All of it, a v1::ReadEventsResponse on the wire; the events are not written down again.
  [[nodiscard]] std::string bytes() const;
};

/// What comes after `after`, up to the head. Without `max_lag` whole; else a topic with keys is read latest while more
/// than `max_lag` of its events lie ahead, or when something ahead was trimmed. At most `most` events and 256 KiB.
[[nodiscard]] EventPage read(ReadTransaction& reader, const Topics& topics, Sequence after,
                             std::optional<std::int64_t> max_lag, std::size_t most);

/// Where a state of `topics` that is read now ends: the head; without task topics the highest trimmed sequence, so that
/// what is kept above it follows.
[[nodiscard]] Sequence state_end(ReadTransaction& reader, const Topics& topics);

/// A page of the state between `after` and `until`: the last event of every living task, and of topics without keys
/// what is kept after `others_after`, or nothing.
[[nodiscard]] EventPage read_state(ReadTransaction& reader, const Topics& topics, Sequence after, Sequence until,
                                   std::optional<Sequence> others_after, std::size_t most);

/// Answers ReadEvents. The errors are those of the proto, and `STORE_FAILED`.
[[nodiscard]] Result<ReadEventsAnswer> read_events(ReadTransaction& reader, const v1::ReadEventsRequest& request);
/// The same from memory alone; nothing where only the store can answer, also where it is to be refused. What the tail
/// holds is whole, also where retention has trimmed it from the store since.
[[nodiscard]] std::optional<ReadEventsAnswer> read_events(HotTail& tail, const std::string& epoch,
                                                          const v1::ReadEventsRequest& request);

}  // namespace taskwire::engine
