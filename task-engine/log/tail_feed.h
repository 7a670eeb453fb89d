#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "log/event_log.h"
#include "log/feed.h"
#include "log/topics.h"

namespace taskwire::engine {

/// A Watch from the tail in memory alone, whole. Its first message says after which cursor everything follows: the one
/// asked for if the tail covers it, else it begins anew, `events` back. When it falls behind the tail it begins anew.
/// `STORE_FAILED`: the tail covers nothing. Not thread-safe.
class TailFeed final : public Feed {
 public:
  /// `log` must outlive the feed.
  TailFeed(EventLog& log, const Topics& topics, const v1::WatchRequest::Tail& tail);

  [[nodiscard]] Next next() override;
  [[nodiscard]] std::optional<WatchMessage> next_of_store(ReadTransaction&) override { return std::nullopt; }
  [[nodiscard]] Sequence place() const override { return cursor_; }
  [[nodiscard]] bool park(std::weak_ptr<Waiter> waiter) override {
    return log_.tail().park(selection_, cursor_, std::move(waiter));
  }

 private:
  [[nodiscard]] Next start_anew();
  WatchMessage start_at(Sequence cursor);

  EventLog& log_;
  HotTail::Selection selection_;
  std::size_t events_;
  std::optional<Cursor> wanted_;
  bool is_started_ = false;
  Sequence cursor_ = 0;
};

}  // namespace taskwire::engine
