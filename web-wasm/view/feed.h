#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "resume/cursor.h"
#include "view/connection.h"
#include "view/message.h"

namespace taskwire::view {

/// One event stream of a topic without keys, read in order and once: keeps its connection and its place, and says which
/// events are something to show. Not thread-safe.
class Feed {
 public:
  struct Source {
    std::string path;
    /// The first connect asks for everything that is kept; else only for what is new.
    bool is_from_earliest = false;
    /// The one type to show, which an EventSource has to be told before; empty: any, which takes another reader.
    std::string type;
  };

  /// What an event means for what is shown.
  struct Taken {
    bool is_item = false;       ///< It is to be shown.
    std::string id;             ///< Its own; empty: it has none.
    std::size_t forgotten = 0;  ///< Before that, so many of the items given last no longer count.
  };

  static constexpr std::size_t kAll = SIZE_MAX;

  struct Status {
    std::string cursor;                ///< The last id; empty: none yet.
    std::optional<Time> heartbeat_at;  ///< When the last heartbeat arrived.
    std::int64_t items = 0;
    int resets = 0;
    int repeats = 0;  ///< Items that had been given before; always 0 if all is well.
  };

  /// `number` tells it from other feeds; `random` gives numbers in [0, 1).
  Feed(int number, Source source, std::function<double()> random);

  /// The stream was answered. It is live once its place is known, by an id or a reset: a cut before that may lose
  /// events. An EventSource hides ids that come without an event, so that one counts as live from here on.
  void opened(Time now);
  void broke(bool for_good, Time now, Millis least = {}) { connection_.broke(for_good, now, least); }
  /// Ignored while no stream should be open, as the next two.
  [[nodiscard]] Taken received(const StreamEvent& event, Time now);
  /// An event that only says that the stream lives.
  void heartbeat(const StreamEvent& event, Time now, std::optional<Millis> interval = {});
  /// The stream has got as far as this id, with or without an event.
  void placed(const std::string& id, Time now);

  /// Whether nothing has arrived since the stream was opened.
  [[nodiscard]] bool is_fresh() const { return is_fresh_; }
  /// Whether an event has no id of its own: then the browser hands over the last one again, or none.
  [[nodiscard]] bool lacks_own_id(const StreamEvent& event) const;
  [[nodiscard]] std::string url() const;
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] const Source& source() const { return source_; }
  [[nodiscard]] const Status& status() const { return status_; }
  [[nodiscard]] Connection& connection() { return connection_; }
  [[nodiscard]] const Connection& connection() const { return connection_; }

 private:
  void heard(const StreamEvent& event, Time now, std::optional<Millis> interval);
  void take_place(const std::string& id, Time now);
  [[nodiscard]] Taken begin_anew(const std::string& reason);
  /// Whether an item is given for the first time.
  [[nodiscard]] bool admit(const StreamEvent& event);

  int number_;
  Source source_;
  Connection connection_;
  Status status_;
  std::optional<Cursor> newest_;  // of the items since the last reset
  bool is_fresh_ = false;
  bool is_in_state_ = false;   // between reset and synced, where nothing has an id
  std::size_t unsettled_ = 0;  // items of a state that is not complete
};

}  // namespace taskwire::view
