#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "view/event_log.h"
#include "view/feed.h"

namespace taskwire::view {

/// The messages of one person: what they got while they were away, and what comes.
///
/// A message whose whole text is `<3: Keep alive` cannot be told from a heartbeat of `/sse/connect`, which has an id
/// and no type either: it counts as one and is not shown.
///
/// Not thread-safe.
class Inbox {
 public:
  Inbox(std::string user, int feed_number, std::function<double()> random);

  void received(const StreamEvent& event, Time now);

  [[nodiscard]] const std::string& user() const { return user_; }
  [[nodiscard]] Feed& feed() { return feed_; }
  [[nodiscard]] const Feed& feed() const { return feed_; }
  /// Each message once; of too many the newest.
  [[nodiscard]] const EventLog& messages() const { return messages_; }
  /// When the server last greeted.
  [[nodiscard]] const std::optional<Time>& greeted_at() const { return greeted_at_; }

 private:
  [[nodiscard]] bool is_greeting(const StreamEvent& event) const;

  std::string user_;
  Feed feed_;
  EventLog messages_;
  std::optional<Time> greeted_at_;
};

}  // namespace taskwire::view
