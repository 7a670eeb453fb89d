#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "log/event_log.h"
#include "log/feed.h"
#include "log/reading.h"

namespace taskwire::engine {

/// A Watch by the resume rule: everything after a cursor; or, if that is refused or the state was asked for, a Reset,
/// the state, Synced, and then everything after it. Reads the tail where that reaches, else the store. Not thread-safe.
class ResumeFeed final : public Feed {
 public:
  /// `log` must outlive the feed. `request` starts anywhere but at `tail`.
  ResumeFeed(EventLog& log, Topics topics, v1::WatchRequest request);

  [[nodiscard]] Next next() override;
  [[nodiscard]] std::optional<WatchMessage> next_of_store(ReadTransaction& reader) override;
  [[nodiscard]] Sequence place() const override { return cursor_; }
  [[nodiscard]] bool park(std::weak_ptr<Waiter> waiter) override {
    return log_.tail().park(selection_, cursor_, std::move(waiter));
  }

 private:
  /// What is owed between Reset and Synced.
  struct State {
    Sequence until;
    std::optional<Sequence> others_after;
  };

  [[nodiscard]] std::optional<Sequence> start_in_tail() const;
  WatchMessage begin(ReadTransaction& reader);
  WatchMessage begin_after(Sequence cursor);
  WatchMessage begin_state(ReadTransaction& reader, v1::ResetReason reason, std::string_view cursor,
                           std::optional<Sequence> others_after);
  WatchMessage next_of_state(ReadTransaction& reader);
  std::optional<WatchMessage> next_page(ReadTransaction& reader);
  [[nodiscard]] std::string text(Sequence sequence) const { return to_string(Cursor{log_.epoch(), sequence}); }

  EventLog& log_;
  const Topics topics_;
  const v1::WatchRequest request_;
  const HotTail::Selection selection_;
  bool is_started_ = false;
  std::optional<State> state_;
  Sequence cursor_ = 0;
  std::optional<WatchMessage> held_;  // goes out next
};

}  // namespace taskwire::engine
