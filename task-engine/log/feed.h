#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "base/error.h"
#include "log/hot_tail.h"
#include "log/watch_message.h"
#include "resume/cursor.h"
#include "store/store.h"

namespace taskwire::engine {

/// The messages of one Watch, drawn one by one. Not thread-safe.
class Feed {
 public:
  /// There is nothing more yet.
  struct Nothing {};
  /// What comes next is only in the store.
  struct InStore {};
  /// An error ends the Watch.
  using Next = std::variant<WatchMessage, Nothing, InStore, Error>;

  virtual ~Feed() = default;
  /// The next message out of memory; never waits for anything.
  [[nodiscard]] virtual Next next() = 0;
  /// After `next` answered InStore: the next message, or nothing while there is none. If the store fails, the feed is
  /// of no use any more, and `reader.error()` says so.
  [[nodiscard]] virtual std::optional<WatchMessage> next_of_store(ReadTransaction& reader) = 0;
  /// After there was nothing: up to where the Watch is complete.
  [[nodiscard]] virtual Sequence place() const = 0;
  /// After there was nothing: wakes `waiter` once when there is more. False, and no wake, if there may be already.
  [[nodiscard]] virtual bool park(std::weak_ptr<Waiter> waiter) = 0;
};

}  // namespace taskwire::engine
