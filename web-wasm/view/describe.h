#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "view/connection.h"
#include "view/task.h"

namespace taskwire::view {

/// A task's row in words. Empty: nothing to show there.
struct RowText {
  std::string state;    ///< `Running`.
  std::string attempt;  ///< `Attempt 2 of 3`, where there may be several; `Attempt 2` where it goes on by hand only.
  std::string percent;  ///< `42 %`; empty where there is no telling.
  std::string amount;   ///< `420/1000 items`.
  std::string stage;
  std::string step;            ///< `Step 2 of 5: Unpack`, of the running one.
  std::string_view mark;       ///< What holds it up, as `mark_of`.
  std::string trouble;         ///< The same in words, `Paused`, `Warning, stalled`.
  std::string left;            ///< `about 2 min left`, where it can be told.
  std::string note;            ///< The message, why it waits, or why it failed.
  std::string elapsed;         ///< How long it has waited, run, or ran.
  std::string value;           ///< What the bar says, for a screen reader.
  std::string cancel_reason;   ///< Why it cannot be cancelled; empty: it can be.
  bool is_cancelling = false;  ///< It was asked to stop.
  bool can_retry = false;
};

/// What holds up a task: `paused`, `warning`, `error` or `stalled`; empty: nothing.
[[nodiscard]] std::string_view mark_of(const Task& task);

/// `is_cancel_sent`: a request to stop is under way. Times of day are told for a place `ahead` of UTC, if that is
/// known. `wait`: of a queued task.
[[nodiscard]] RowText describe(const Task& task, Time server_now, bool is_cancel_sent, std::optional<Millis> ahead,
                               const Wait& wait = {});

/// A step in words.
struct StepText {
  std::string state;   ///< `Running`.
  std::string amount;  ///< `3/12`; empty where there is nothing to count.
};

[[nodiscard]] StepText describe(const Step& step);

/// The state of the connection in words.
struct LinkText {
  std::string_view key;  ///< `live`, `away`, `connecting`, `reconnecting`, `offline`, `disconnected`, `paused`.
  std::string label;     ///< `Reconnecting in 4 s (2)`, `Connected; the engine is away, since 10:30:45`.
};

/// Times of day are told for a place `ahead` of UTC.
[[nodiscard]] LinkText describe(const Connection& connection, Time now, Millis ahead);

}  // namespace taskwire::view
